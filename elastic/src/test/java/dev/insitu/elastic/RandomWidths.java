package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Adds narrower forms with random groups and tensors to a manifest of one width. */
public final class RandomWidths {

  private RandomWidths() {}

  /** The manifest with one to four narrower forms, each of which uses more of its tensors. */
  public static Manifest addTo(Manifest bare, Random random) {
    List<ChannelOrder> orders = new ArrayList<>();
    int groups = random.nextInt(4);
    for (int i = 0; i < groups; i++) {
      orders.add(order(2 + random.nextInt(40), random));
    }
    List<WidthForm> forms = new ArrayList<>();
    BitSet tensors = new BitSet();
    int[] kept = new int[groups];
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      for (int group = 0; group < groups; group++) {
        int least = Math.max(1, kept[group]);
        kept[group] = least + random.nextInt(orders.get(group).size() - least + 1);
      }
      for (int tensor = 0; tensor < bare.tensors().size(); tensor++) {
        if (random.nextInt(count + 1) == 0) {
          tensors.set(tensor);
        }
      }
      forms.add(form(bare, 100 + 200 * i + random.nextInt(200), kept, tensors));
    }
    return with(bare, new WidthTable(orders, forms));
  }

  private static ChannelOrder order(int size, Random random) {
    List<Integer> channels = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(channels, random);
    return new ChannelOrder(channels);
  }

  private static WidthForm form(Manifest bare, int permille, int[] kept, BitSet tensors) {
    List<ExitSpec> exits =
        bare.exits().stream()
            .map(exit -> new ExitSpec(exit.after(), narrow(exit.head(), permille, tensors)))
            .collect(Collectors.toList());
    return new WidthForm(
        permille,
        IntStream.of(kept).boxed().toList(),
        bare.segments().stream().map(s -> narrow(s, permille, tensors)).toList(),
        exits,
        bare.segments().size() == 1 ? ByteBuffer.allocate(0) : graph("whole", permille));
  }

  /** The same segment with those of its tensors that the form has. */
  private static SegmentSpec narrow(SegmentSpec segment, int permille, BitSet tensors) {
    return new SegmentSpec(
        segment.inputs(),
        segment.outputs(),
        segment.tensors().stream().filter(tensors::get).toList(),
        segment.macs() * permille / 1000,
        segment.activationBytes(),
        graph(segment.outputs().get(0), permille));
  }

  private static ByteBuffer graph(String what, int permille) {
    return ByteBuffer.wrap((what + " at " + permille).getBytes(StandardCharsets.US_ASCII));
  }

  /** The manifest with other narrower forms. */
  public static Manifest with(Manifest like, WidthTable widths) {
    return new Manifest(
        like.header(),
        like.inputs(),
        like.outputs(),
        like.tensors(),
        like.segments(),
        like.exits(),
        like.segments().size() == 1 ? ByteBuffer.allocate(0) : like.fusedGraph(),
        widths,
        like.chunks(),
        like.profile(),
        like.differences());
  }
}
