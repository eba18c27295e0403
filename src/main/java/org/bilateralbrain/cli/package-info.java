/**
 * The command line: parses arguments, calls the packages below, prints, and turns failures into
 * messages and exit codes. Decides nothing else.
 */
package org.bilateralbrain.cli;
