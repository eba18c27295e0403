/**
 * A sweep's configuration: immutable values read from HOCON. Every mistake in a file is found
 * before anything starts, and all of them are reported together. Uses the value types of {@code
 * data} and {@code nn}, nothing else of ours.
 */
package org.bilateralbrain.config;
