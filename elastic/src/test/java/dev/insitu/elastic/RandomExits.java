package dev.insitu.elastic;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** Adds exits with random places, inputs and tensors to a manifest without any. */
public final class RandomExits {

  private RandomExits() {}

  /** The manifest with exits after some of its segments; one of a single segment stays as it is. */
  public static Manifest addTo(Manifest bare, Random random) {
    List<ExitSpec> exits = new ArrayList<>();
    List<String> known = new ArrayList<>();
    bare.inputs().forEach(input -> known.add(input.name()));
    int most = bare.segments().size() - 1;
    for (int i = 0; i < most; i++) {
      known.addAll(bare.segments().get(i).outputs());
      if (random.nextBoolean() || (i == most - 1 && exits.isEmpty())) {
        exits.add(new ExitSpec(i, head(bare, i, known, random)));
      }
    }
    return with(bare, exits);
  }

  private static SegmentSpec head(Manifest bare, int after, List<String> known, Random random) {
    BitSet used = new BitSet();
    for (int t = 0; t < bare.tensors().size(); t++) {
      used.set(t, random.nextInt(4) == 0);
    }
    List<String> outputs = new ArrayList<>();
    bare.outputs().forEach(output -> outputs.add("exit" + after + "/" + output.name()));
    byte[] graph = ("head after " + after).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return SegmentSpec.of(
        List.of(known.get(random.nextInt(known.size()))),
        outputs,
        used.stream().toArray(),
        random.nextInt(1000),
        random.nextInt(1000),
        graph);
  }

  /** The manifest with other exits. */
  public static Manifest with(Manifest like, List<ExitSpec> exits) {
    return new Manifest(
        like.header(),
        like.inputs(),
        like.outputs(),
        like.tensors(),
        like.segments(),
        exits,
        like.segments().size() == 1 ? java.nio.ByteBuffer.allocate(0) : like.fusedGraph(),
        like.widthTable(),
        like.chunks(),
        like.profile(),
        like.differences());
  }
}
