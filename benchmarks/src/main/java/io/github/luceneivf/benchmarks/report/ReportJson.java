// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reports as JSON: the records as objects; figures that were not measured are {@code null}. */
public final class ReportJson {

  /** Writes reports; thread-safe. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(
              new SimpleModule()
                  .addSerializer(double.class, new Figure())
                  .addSerializer(Double.class, new Figure()))
          .build();

  private ReportJson() {}

  /** Writes a report to a file, indented. */
  public static void write(Record report, Path file) throws IOException {
    Files.writeString(
        file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
  }

  /** JSON has no number for what was not measured. */
  private static final class Figure extends StdSerializer<Double> {

    private static final long serialVersionUID = 1L;

    Figure() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        to.writeNumber(value);
      } else {
        to.writeNull();
      }
    }
  }
}
