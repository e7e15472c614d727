package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.codec.StreamWriter.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a chunk of group 0. */
final class BaseEncoder {

  private final StreamWriter streams;
  private final List<BlockCodes> planes;
  private final List<BlockCodes> vectors;
  private final List<BlockCodes> raws;

  BaseEncoder(StreamWriter streams, List<BlockCodes> blocks) {
    this.streams = streams;
    planes = of(blocks, Coding.PLANES);
    vectors = of(blocks, Coding.VECTOR, Coding.STATED);
    raws = of(blocks, Coding.RAW);
  }

  private static List<BlockCodes> of(List<BlockCodes> blocks, Coding... codings) {
    return blocks.stream()
        .filter(codes -> Arrays.asList(codings).contains(codes.block().tensor().coding()))
        .collect(Collectors.toUnmodifiableList());
  }

  void encode() {
    writeHeads();
    writeSteps();
    new PlaneStreams(streams)
        .writeBase(
            planes.stream().map(BlockCodes::planes).collect(Collectors.toUnmodifiableList()));
    writeVectors();
    writeRaws();
  }

  private void writeHeads() {
    ByteArrayOutputStream counts = new ByteArrayOutputStream();
    ByteArrayOutputStream rhos = new ByteArrayOutputStream();
    ByteArrayOutputStream zeroPoints = new ByteArrayOutputStream();
    for (BlockCodes codes : planes) {
      PlaneHead head = codes.planes().head();
      counts.write(head.planeCount());
      rhos.writeBytes(head.packedRhos());
      if (!codes.block().tensor().floatPlanes()) {
        zeroPoints.write(head.zeroPoint());
        zeroPoints.write(head.zeroPoint() >> 8);
      }
    }
    streams.add(Kind.TEXT, counts.toByteArray());
    streams.add(Kind.TEXT, rhos.toByteArray());
    streams.add(Kind.TEXT, zeroPoints.toByteArray());
  }

  private void writeSteps() {
    ByteArrayOutputStream high = new ByteArrayOutputStream();
    ByteArrayOutputStream low = new ByteArrayOutputStream();
    for (BlockCodes codes : planes) {
      RowSteps steps = codes.planes().head().steps();
      for (int row = 0; row < steps.rows(); row++) {
        high.write(steps.code(row) >> 8);
        low.write(steps.code(row));
      }
    }
    streams.add(Kind.TEXT, high.toByteArray());
    streams.add(Kind.TEXT, low.toByteArray());
  }

  private void writeVectors() {
    int length = vectors.stream().map(BlockCodes::block).mapToInt(Block::length).sum();
    ByteBuffer high = ByteBuffer.allocate(length);
    ByteBuffer low = ByteBuffer.allocate(length);
    for (BlockCodes codes : vectors) {
      VectorContent.write(codes.halves(0), high, low);
    }
    streams.add(Kind.TEXT, high.array());
    streams.add(Kind.TEXT, low.array());
  }

  private void writeRaws() {
    ByteArrayOutputStream shuffled = new ByteArrayOutputStream();
    for (BlockCodes codes : raws) {
      byte[] bytes = new byte[codes.block().length()];
      Values.view(codes.reference()).get(bytes);
      shuffled.writeBytes(Shuffle.split(bytes, codes.block().tensor().type().bytes()));
    }
    streams.add(Kind.TEXT, shuffled.toByteArray());
  }
}
