// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Arrays of NumPy ({@code numpy.lib.format}, versions 1 to 3): a magic string, the length of a
 * header, the header as a Python dictionary, then the values. Read are matrices of float32, float16
 * and uint8 in C order.
 */
public final class NpyFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int VERSION_AT = MAGIC.length;
  private static final int LENGTH_AT = VERSION_AT + 2;
  private static final int MAX_HEADER = 1 << 16;
  private static final Map<String, ElementType> TYPES =
      Map.of("<f4", ElementType.FLOAT32, "<f2", ElementType.FLOAT16, "|u1", ElementType.UINT8);

  private static final Pattern TYPE = Pattern.compile("'descr': *'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([^)]*)\\)");
  private static final Pattern MATRIX = Pattern.compile(" *(\\d{1,10}) *, *(\\d{1,10}) *,? *");

  private NpyFile() {}

  /**
   * Opens a matrix; the file stays mapped.
   *
   * @throws DataFileException if it is not such a matrix, or shorter or longer than it says
   */
  public static VectorRows open(Path file) throws IOException {
    MappedFile mapped = MappedFile.open(file);
    mapped.requireBytes(0, LENGTH_AT + Integer.BYTES);
    byte[] start = mapped.bytes().asSlice(0, LENGTH_AT).toArray(ValueLayout.JAVA_BYTE);
    for (int i = 0; i < MAGIC.length; i++) {
      if (start[i] != MAGIC[i]) {
        throw DataFileException.at(
            file, i, "must be byte " + MAGIC[i] + " of NumPy's magic string", start[i]);
      }
    }
    int version = start[VERSION_AT];
    if (version < 1 || version > 3) {
      throw DataFileException.at(file, VERSION_AT, "version must be in [1, 3]", version);
    }
    // Version 1 has a length of two bytes, the others of four.
    int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    int length = mapped.intAt(LENGTH_AT) & (version == 1 ? 0xFFFF : -1);
    if (length < 0 || length > MAX_HEADER) {
      throw DataFileException.at(
          file, LENGTH_AT, "header must be at most " + MAX_HEADER + " bytes", length);
    }
    int headerAt = LENGTH_AT + lengthBytes;
    mapped.requireBytes(headerAt, length);
    byte[] header = mapped.bytes().asSlice(headerAt, length).toArray(ValueLayout.JAVA_BYTE);
    return matrix(mapped, headerAt, new String(header, StandardCharsets.UTF_8));
  }

  private static VectorRows matrix(MappedFile mapped, int headerAt, String header)
      throws IOException {
    Path file = mapped.file();
    String descr = field(file, headerAt, header, TYPE);
    ElementType type = TYPES.get(descr);
    if (type == null) {
      throw DataFileException.at(file, headerAt, "descr must be <f4, <f2 or |u1", descr);
    }
    String fortran = field(file, headerAt, header, ORDER);
    if (!fortran.equals("False")) {
      throw DataFileException.at(file, headerAt, "fortran_order must be False", fortran);
    }
    String shape = field(file, headerAt, header, SHAPE);
    Matcher matrix = MATRIX.matcher(shape);
    if (!matrix.matches()) {
      throw DataFileException.at(file, headerAt, "shape must be (rows, dim)", "(" + shape + ")");
    }
    long rows = Long.parseLong(matrix.group(1));
    long dim = Long.parseLong(matrix.group(2));
    if (rows > Integer.MAX_VALUE || dim < 1 || dim > VecsFile.MAX_DIM) {
      throw DataFileException.at(
          file, headerAt, "rows must be below 2^31, dim in [1, " + VecsFile.MAX_DIM + "]", shape);
    }
    long data = headerAt + (long) header.getBytes(StandardCharsets.UTF_8).length;
    long stride = dim * type.bytes();
    if (rows * stride != mapped.size() - data) {
      throw DataFileException.at(
          file,
          data,
          "must be followed by " + rows + " * " + stride + " bytes",
          mapped.size() - data);
    }
    return new StoredRows(mapped.bytes(), data, stride, (int) rows, (int) dim, type);
  }

  private static String field(Path file, int headerAt, String header, Pattern pattern)
      throws IOException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw DataFileException.at(
          file, headerAt, "header must have " + pattern.pattern(), header.strip());
    }
    return matcher.group(1);
  }
}
