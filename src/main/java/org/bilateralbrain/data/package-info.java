/**
 * Images: readers of CIFAR-100's two public formats, the synthetic data set, prepared data sets,
 * splits, augmentation and batches. Images stay bytes until they enter a batch. Depends on no other
 * package of this program; reads and writes through Hadoop's {@code FileSystem}.
 */
package org.bilateralbrain.data;
