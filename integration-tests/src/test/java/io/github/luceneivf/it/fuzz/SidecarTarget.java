// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import com.google.protobuf.Message;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.it.Exchange;
import io.github.luceneivf.proto.v1.CancelJobRequest;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.GetJobRequest;
import io.github.luceneivf.proto.v1.ListCodebooksRequest;
import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.quantization.Encoding;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A sidecar that is sent any bytes as the messages of a call. Whatever they are, the call ends with
 * a status that names what is wrong with them: never as an error of the sidecar, never without
 * memory, never late.
 *
 * <p>Input: <b>[byte]</b> the method in its last four bits, then a bit that is 1 if checksums are
 * to fit ({@link FittingMessages}); then messages, each after its length in two bytes.
 */
public final class SidecarTarget {

  private static final int METHODS = 15;
  private static final int FITTING = 16;

  private static final Set<Status.Code> EXPECTED =
      EnumSet.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.ALREADY_EXISTS,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED);

  /** What the sidecar says where it ran out of memory, and not of what it had set aside. */
  private static final String NO_MEMORY = "server has no memory for this now";

  /** Calls after which a new sidecar takes over: the old one has kept what it was sent. */
  private static final int MOST_CALLS = 5_000;

  private static volatile FuzzedSidecar sidecar = FuzzedSidecar.start();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> sidecar.close()));
  }

  private SidecarTarget() {}

  private static final List<MethodDescriptor<?, ?>> ALL =
      List.of(
          TrainingServiceGrpc.getCreateTrainingJobMethod(),
          TrainingServiceGrpc.getUploadSampleMethod(),
          MergeServiceGrpc.getAssignAndEncodeMethod(),
          CodebookServiceGrpc.getPublishCodebookMethod(),
          CodebookServiceGrpc.getFetchCodebookMethod(),
          CodebookServiceGrpc.getListCodebooksMethod(),
          CodebookServiceGrpc.getReportDriftMethod(),
          CodebookServiceGrpc.getGetDriftMethod(),
          TrainingServiceGrpc.getListJobsMethod(),
          TrainingServiceGrpc.getGetJobMethod(),
          TrainingServiceGrpc.getCancelJobMethod(),
          TrainingServiceGrpc.getGetTrainingReportMethod(),
          TrainingServiceGrpc.getGetCodebookMethod());

  /** Does what is done once: not part of the first run. */
  public static void fuzzerInitialize() throws Exception {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  /** Returns conversations as clients have them. */
  public static List<byte[]> seeds() {
    TrainedCodebook trained = Samples.trained(Encoding.BIT1);
    byte[] codebook = trained.codebook().toBytes();
    List<byte[]> seeds = new ArrayList<>();
    CreateTrainingJobRequest create = Conversations.create();
    seeds.add(seed(0, List.of(create.toByteArray())));
    seeds.add(seed(1, bytes(Conversations.upload())));
    for (Encoding encoding : Encoding.all()) {
      seeds.add(
          seed(2, bytes(Conversations.encode(Samples.trained(encoding).codebook(), encoding))));
    }
    seeds.add(seed(3, bytes(Conversations.publish(trained, codebook))));
    seeds.add(seed(4, List.of(Conversations.fetch().toByteArray())));
    seeds.add(
        seed(
            5,
            List.of(
                ListCodebooksRequest.newBuilder()
                    .setProtocolVersionValue(1)
                    .setIndex("i")
                    .setPageSize(2)
                    .setPageToken("i/f/1")
                    .build()
                    .toByteArray())));
    seeds.add(seed(6, List.of(Conversations.drift(trained.codebook()).toByteArray())));
    seeds.add(seed(8, List.of(ListJobsRequest.newBuilder().setPageSize(3).build().toByteArray())));
    seeds.add(seed(9, List.of(GetJobRequest.newBuilder().setJobId("a").build().toByteArray())));
    return seeds;
  }

  private static List<byte[]> bytes(List<? extends Message> messages) {
    return messages.stream().map(Message::toByteArray).toList();
  }

  private static byte[] seed(int method, List<byte[]> messages) {
    return Samples.input(method | FITTING, messages);
  }

  /** Throws what no call may end with. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    if (sidecar.calls() > MOST_CALLS) {
      sidecar.close();
      sidecar = FuzzedSidecar.start();
    }
    MethodDescriptor<?, ?> method = ALL.get((input[0] & METHODS) % ALL.size());
    List<byte[]> messages = Samples.parts(input);
    if (method == TrainingServiceGrpc.getUploadSampleMethod()) {
      upload(messages, (input[0] & FITTING) != 0);
      return;
    }
    if (method.getType().clientSendsOneMessage()) {
      // gRPC itself refuses others than one, as INTERNAL.
      messages = List.of(messages.isEmpty() ? new byte[0] : messages.getFirst());
    } else if ((input[0] & FITTING) != 0) {
      messages = FittingMessages.of(method, messages);
    }
    List<byte[]> responses = call(method, messages);
    if (method == TrainingServiceGrpc.getCreateTrainingJobMethod() && !responses.isEmpty()) {
      cancel(CreateTrainingJobResponse.parseFrom(responses.getFirst()).getJob().getId());
    }
  }

  /** Uploads to a job that is waiting for its sample. */
  private static void upload(List<byte[]> messages, boolean fitting) throws Exception {
    List<byte[]> created =
        call(
            TrainingServiceGrpc.getCreateTrainingJobMethod(),
            List.of(Conversations.create().toByteArray()));
    String job = CreateTrainingJobResponse.parseFrom(created.getFirst()).getJob().getId();
    try {
      List<byte[]> own = FittingMessages.uploadTo(job, messages, fitting);
      call(TrainingServiceGrpc.getUploadSampleMethod(), own);
    } finally {
      cancel(job);
    }
  }

  private static void cancel(String job) throws Exception {
    call(
        TrainingServiceGrpc.getCancelJobMethod(),
        List.of(CancelJobRequest.newBuilder().setJobId(job).build().toByteArray()));
  }

  private static List<byte[]> call(MethodDescriptor<?, ?> method, List<byte[]> messages)
      throws Exception {
    Exchange<byte[]> answer = sidecar.call(method, messages);
    // Some texts repeat what was sent: the whole of it tells which one it is.
    if (!EXPECTED.contains(answer.status().getCode())
        || NO_MEMORY.equals(answer.status().getDescription())) {
      throw new AssertionError(method.getBareMethodName() + " ended with " + answer.status());
    }
    return answer.responses();
  }
}
