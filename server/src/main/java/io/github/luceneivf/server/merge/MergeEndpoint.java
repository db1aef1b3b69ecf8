// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.DrainGate;
import io.grpc.stub.StreamObserver;

/** The merge service: one {@link EncodeStream} per call. Thread-safe. */
public final class MergeEndpoint extends MergeServiceGrpc.MergeServiceImplBase {

  private final EncodeWork work;
  private final CallRoom room;
  private final DrainGate gate;

  /**
   * Creates the service.
   *
   * @param room of the streams, with as many threads as places
   * @param gate closed when no new work is wanted
   */
  public MergeEndpoint(EncodeWork work, CallRoom room, DrainGate gate) {
    this.work = work;
    this.room = room;
    this.gate = gate;
  }

  @Override
  public StreamObserver<AssignAndEncodeRequest> assignAndEncode(
      StreamObserver<AssignAndEncodeResponse> client) {
    gate.requireOpen();
    return new EncodeStream(work, room, client);
  }
}
