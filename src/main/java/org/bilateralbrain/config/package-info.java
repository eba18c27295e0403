/**
 * A sweep's configuration: immutable values read from HOCON. All mistakes in a file are reported
 * together, before anything starts. Depends only on the value types of {@code data} and {@code nn}.
 */
package org.bilateralbrain.config;
