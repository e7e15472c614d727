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

/** Adds narrower forms with random axes and tensors to a manifest of one width. */
public final class RandomWidths {

  private RandomWidths() {}

  /** The manifest with one to four narrower forms, each of which uses more of its tensors. */
  public static Manifest addTo(Manifest bare, Random random) {
    List<WidthForm> forms = new ArrayList<>();
    BitSet tensors = new BitSet();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      for (int tensor = 0; tensor < bare.tensors().size(); tensor++) {
        if (random.nextInt(count + 1) == 0) {
          tensors.set(tensor);
        }
      }
      forms.add(form(bare, 100 + 200 * i + random.nextInt(200), tensors));
    }
    List<ChannelAxis> axes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      axes.add(axis(2 + random.nextInt(40), count, random));
    }
    return with(bare, new WidthTable(axes, List.of(), forms));
  }

  /** An axis whose indices come with random widths. */
  static ChannelAxis axis(int size, int widest, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(order, random);
    int[] widths = IntStream.range(0, size).map(i -> random.nextInt(widest + 1)).toArray();
    widths[random.nextInt(size)] = 0;
    return new ChannelAxis(order.stream().mapToInt(i -> i).toArray(), widths);
  }

  private static WidthForm form(Manifest bare, int permille, BitSet tensors) {
    List<ExitSpec> exits =
        bare.exits().stream()
            .map(exit -> new ExitSpec(exit.after(), narrow(exit.head(), permille, tensors)))
            .collect(Collectors.toList());
    return new WidthForm(
        permille,
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
