// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static io.github.luceneivf.kernel.PanamaKernel.FLOATS;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The registers that look bytes up in tables. Every processor with vectors permutes the bytes of
 * 128 bits in one instruction, and of all bits of its vectors only where it has AVX-512 with VBMI:
 * elsewhere the wide permutation is put together of many, and narrow registers are faster.
 */
final class ByteTables {

  /** Overrides the choice: 128, or the bits of the processor's vectors. */
  static final String PROPERTY = "io.github.luceneivf.tableBits";

  /** Entries of a table: 4-bit codes pick from it. */
  static final int SIZE = 16;

  /** What is looked up at once. */
  static final VectorSpecies<Byte> BYTES = species();

  /** Tables side by side in a register. */
  static final int GROUPS = BYTES.length() / SIZE;

  /** Where the table begins that a byte of a register picks from: [bytes of a register]. */
  static final byte[] STARTS = new byte[BYTES.length()];

  static {
    for (int i = 0; i < STARTS.length; i++) {
      STARTS[i] = (byte) (i / SIZE * SIZE);
    }
  }

  private ByteTables() {}

  /** The upper halves of bytes as the lower ones, below bits of their neighbours. */
  static ByteVector upper(ByteVector bytes) {
    return bytes.reinterpretAsInts().lanewise(VectorOperators.LSHR, 4).reinterpretAsBytes();
  }

  private static VectorSpecies<Byte> species() {
    String asked = System.getProperty(PROPERTY, "");
    String widest = Integer.toString(FLOATS.vectorBitSize());
    if (asked.isEmpty()) {
      return permutesWide() ? FLOATS.withLanes(byte.class) : ByteVector.SPECIES_128;
    }
    if (asked.equals(widest)) {
      return FLOATS.withLanes(byte.class);
    }
    if (asked.equals("128")) {
      return ByteVector.SPECIES_128;
    }
    throw new IllegalArgumentException(PROPERTY + " must be 128 or " + widest + ", got: " + asked);
  }

  /** Whether the processor has the wide permutation and the virtual machine uses it. */
  private static boolean permutesWide() {
    return FLOATS.vectorBitSize() > ByteVector.SPECIES_128.vectorBitSize()
        && usesAvx512()
        && hasVbmi();
  }

  private static boolean usesAvx512() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return machine != null && Integer.parseInt(machine.getVMOption("UseAVX").getValue()) >= 3;
    } catch (IllegalArgumentException e) {
      return false; // another processor or virtual machine
    }
  }

  private static boolean hasVbmi() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .limit(1)
          .anyMatch(line -> List.of(line.split(" ")).contains("avx512vbmi"));
    } catch (IOException | UncheckedIOException e) {
      return false; // another operating system: right everywhere, fastest nowhere
    }
  }
}
