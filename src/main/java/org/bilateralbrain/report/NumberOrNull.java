package org.bilateralbrain.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/** JSON has no NaN. */
final class NumberOrNull extends JsonSerializer<Double> {

  @Override
  public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
      throws IOException {
    if (value.isNaN()) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }
}
