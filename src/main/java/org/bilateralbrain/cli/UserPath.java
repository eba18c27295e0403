package org.bilateralbrain.cli;

import org.bilateralbrain.data.Locations;
import picocli.CommandLine.ITypeConverter;

/** Reads an option's path as settings are read: {@code --html=~/page.html} is not a shell's. */
final class UserPath implements ITypeConverter<String> {

  @Override
  public String convert(String value) {
    return Locations.inHome(value);
  }
}
