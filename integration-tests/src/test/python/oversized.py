# Sends messages that are too large: oversized.py HOST:PORT CODEBOOK_FILE CODEBOOK_ID DIM
# The generated modules are in the working directory. Exits with 1 if anything is not as it should be.
import queue
import sys

import grpc
from luceneivf.v1 import codebook_service_pb2_grpc, common_pb2
from luceneivf.v1 import merge_service_pb2, merge_service_pb2_grpc
from luceneivf.v1 import training_service_pb2, training_service_pb2_grpc
from luceneivf.v1 import codebook_service_pb2

TARGET, CODEBOOK_FILE, CODEBOOK_ID, DIM = sys.argv[1:5]
ROUNDS = 20
SIZES = (3 << 20, 8 << 20, 48 << 20)
SECONDS = 60


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Stream:
    """An encode stream whose messages are put in one by one."""

    def __init__(self, stub, codebook, count):
        self.messages = queue.Queue()
        self.responses = stub.AssignAndEncode(iter(self.messages.get, None), timeout=SECONDS)
        header = merge_service_pb2.EncodeHeader(
            protocol_version=common_pb2.PROTOCOL_VERSION_1,
            encoding=common_pb2.ENCODING_BIT1,
            dim=int(DIM),
            count=count,
            codebook_id=bytes.fromhex(CODEBOOK_ID),
            codebook_bytes=len(codebook),
        )
        self.put(header=header)
        chunk = common_pb2.CodebookChunk(data=codebook, crc32c=crc32c(codebook))
        self.put(codebook=chunk)
        accepted = next(self.responses)
        assert accepted.HasField("accepted"), accepted

    def put(self, **message):
        self.messages.put(merge_service_pb2.AssignAndEncodeRequest(**message))


def refusal(responses):
    try:
        for _ in responses:
            pass
    except grpc.RpcError as error:
        return error
    raise AssertionError("call was not refused")


def check(error, size):
    """Both sizes are named, and the code says whose fault it is."""
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
    numbers = [int(word) for word in error.details().replace(",", " ").replace("]", " ").split() if word.isdigit()]
    assert len(numbers) >= 2 and max(numbers) >= size > min(numbers), error


def main():
    with open(CODEBOOK_FILE, "rb") as file:
        codebook = file.read()
    with grpc.insecure_channel(TARGET) as channel:
        merges = merge_service_pb2_grpc.MergeServiceStub(channel)
        other = Stream(merges, codebook, 0)
        for i in range(ROUNDS):
            size = SIZES[i % len(SIZES)]
            stream = Stream(merges, codebook, 1 << 30)
            vectors = merge_service_pb2.VectorChunk(vectors=bytes(size))
            for _ in range(3):
                stream.put(vectors=vectors)
            check(refusal(stream.responses), size)
            stream.messages.put(None)

        trainings = training_service_pb2_grpc.TrainingServiceStub(channel)
        chunk = training_service_pb2.SampleChunk(vectors=bytes(8 << 20))
        upload = training_service_pb2.UploadSampleRequest(chunk=chunk)
        try:
            trainings.UploadSample(iter([upload] * 3), timeout=SECONDS)
            raise AssertionError("upload was not refused")
        except grpc.RpcError as error:
            check(error, 8 << 20)
        codebooks = codebook_service_pb2_grpc.CodebookServiceStub(channel)
        piece = codebook_service_pb2.PublishCodebookRequest(
            chunk=common_pb2.CodebookChunk(data=bytes(8 << 20))
        )
        try:
            codebooks.PublishCodebook(iter([piece] * 3), timeout=SECONDS)
            raise AssertionError("codebook was not refused")
        except grpc.RpcError as error:
            check(error, 8 << 20)
        try:
            trainings.GetJob(
                training_service_pb2.GetJobRequest(job_id="x" * (8 << 20)), timeout=SECONDS
            )
            raise AssertionError("request was not refused")
        except grpc.RpcError as error:
            check(error, 8 << 20)

        # The first call of this channel still goes on, and ends well.
        other.put(end=merge_service_pb2.EncodeEnd(count=0, crc32c=0))
        other.messages.put(None)
        last = next(other.responses)
        assert last.HasField("summary"), last
        trainings.ListJobs(training_service_pb2.ListJobsRequest(), timeout=SECONDS)
    print("refused and alive")


main()
