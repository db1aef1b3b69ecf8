// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Merges whose sidecar refuses or lies: they complete by work in this process, and nothing that was
 * sent gets into the segment.
 */
class LyingSidecarIT extends MergeFaultTestCase {

  static Stream<Lies.Case> trainingLies() {
    return Lies.ofTraining();
  }

  static Stream<Lies.Case> encodingLies() {
    return Lies.ofEncoding();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trainingLies")
  void lieOfTheTrainingIsFoundOut(Lies.Case lie) throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        LyingSidecar liar = LyingSidecar.start(server.port(), lie.lie());
        Sidecar sidecar = Sidecar.patient(liar.port())) {
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertEquals(0, sidecar.training().remote(), sidecar.toString());
      assertEquals(1, sidecar.training().fallbacks(lie.reason()), sidecar.toString());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("encodingLies")
  void lieOfTheEncodingIsFoundOut(Lies.Case lie) throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        LyingSidecar liar = LyingSidecar.start(server.port(), lie.lie());
        Sidecar sidecar = Sidecar.patient(liar.port())) {
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertEquals(1, sidecar.training().remote(), sidecar.toString());
      assertEquals(0, sidecar.encoding().remote(), sidecar.toString());
      assertEquals(1, sidecar.encoding().fallbacks(lie.reason()), sidecar.toString());
    }
  }

  @Test
  void honestAnswersAreTaken() throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        LyingSidecar honest = LyingSidecar.start(server.port(), List::of);
        Sidecar sidecar = Sidecar.patient(honest.port())) {
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertEquals(1, sidecar.training().remote(), sidecar.toString());
      assertEquals(1, sidecar.encoding().remote(), sidecar.toString());
    }
  }
}
