// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.it.VectorIndex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.junit.jupiter.api.Test;

/** A thousand merges beside a sidecar that is not there. */
class DeadSidecarIT {

  private static final int MERGES = 1_000;
  private static final int DIM = 4;

  /** Trains and encodes whatever it is given. */
  private static final IvfParams EAGER =
      IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(0, 1, 0));

  /** Calls between two probes: three that open the circuit, and a probe each 30 s. */
  private static final int FEW = 20;

  private static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void thousandMergesLoseNoTimeOnIt() throws Exception {
    Leaks leaks = Leaks.watch();
    try (Directory flushed = flush();
        Sidecar sidecar = Sidecar.usual(deadPort())) {
      for (int i = 0; i < MERGES; i++) {
        merge(flushed, sidecar.ports());
      }
      long training = sidecar.training().fallbacks();
      long encoding = sidecar.encoding().fallbacks();
      assertEquals(MERGES, training, sidecar.toString());
      assertEquals(MERGES, encoding, sidecar.toString());
      long open =
          sidecar.training().fallbacks(Reason.CIRCUIT_OPEN)
              + sidecar.encoding().fallbacks(Reason.CIRCUIT_OPEN);
      assertTrue(open >= 2L * MERGES - FEW, sidecar.toString());
      System.out.printf("%d merges lost %s: %s%n", MERGES, sidecar.lost(), sidecar);
      assertTrue(sidecar.lost().toMillis() < 1_000, () -> "lost on connecting: " + sidecar.lost());
    }
    leaks.assertNone("ivf-");
  }

  /** Two segments of a few vectors. */
  private static Directory flush() throws IOException {
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    Random random = new Random(1);
    try (IndexWriter writer =
        new IndexWriter(directory, config(Ports.LOCAL).setMergePolicy(NoMergePolicy.INSTANCE))) {
      for (int i = 0; i < 20; i++) {
        Document doc = new Document();
        float[] vector = new float[DIM];
        for (int d = 0; d < DIM; d++) {
          vector[d] = random.nextFloat();
        }
        doc.add(new KnnFloatVectorField("vector", vector));
        writer.addDocument(doc);
        if (i == 10) {
          writer.flush();
        }
      }
    }
    return directory;
  }

  private static IndexWriterConfig config(Ports ports) {
    // A flush leaves training to merges when the trainer is remote; so does this one.
    IvfParams params =
        ports.equals(Ports.LOCAL)
            ? EAGER.withThresholds(new IvfParams.Thresholds(0, Integer.MAX_VALUE, 0))
            : EAGER;
    return new IndexWriterConfig().setCodec(VectorIndex.codec(new IvfVectorsFormat(params, ports)));
  }

  private static void merge(Directory flushed, Ports ports) throws IOException {
    try (Directory copy = new ByteBuffersDirectory()) {
      for (String file : flushed.listAll()) {
        copy.copyFrom(flushed, file, file, IOContext.DEFAULT);
      }
      try (IndexWriter writer =
          new IndexWriter(copy, config(ports).setMergePolicy(new TieredMergePolicy()))) {
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(copy)) {
        assertEquals(20, reader.numDocs());
        assertEquals(1, reader.leaves().size());
      }
    }
  }
}
