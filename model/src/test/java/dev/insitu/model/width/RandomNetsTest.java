package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.insitu.model.Onnx;
import dev.insitu.model.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever layers are put together at random, narrowing is right. */
class RandomNetsTest {

  private static final int NETS = 80;
  private static final int LAYERS = 12;

  @TempDir Path folder;

  /** A value [1, channels, 4, 4]. */
  private record Value(String name, int channels) {}

  @Test
  void randomNetsAreNarrowedRight() throws IOException, OrtException {
    int groups = 0;
    for (int seed = 0; seed < NETS; seed++) {
      Net net = net(new Random(seed));
      Path file = Onnx.write(Onnx.model(13, net.graph()), folder.resolve("whole.onnx"));
      try (OnnxModel model = OnnxModel.open(file)) {
        Narrowed narrowed = new Narrowed(model, Map.of(), folder);
        groups += narrowed.groups().size();
        narrowed.check(seed, 2);
      } catch (AssertionError | OrtException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.println(groups + " groups in " + NETS + " random nets");
    assertTrue(groups > NETS, groups + " groups");
  }

  private static Net net(Random random) {
    Net net = new Net(13, 1, 3, 4, 4);
    List<Value> values = new ArrayList<>();
    net.conv("x", "v", 3, 8);
    values.add(new Value("v", 8));
    for (int layer = 0; layer < LAYERS; layer++) {
      layer(net, random, "l" + layer, values);
    }
    Value last = values.getLast();
    net.conv(last.name(), "y", last.channels(), 2).output(1, 2, 4, 4);
    return net;
  }

  private static void layer(Net net, Random random, String name, List<Value> values) {
    Value a = values.get(values.size() - 1 - random.nextInt(Math.min(3, values.size())));
    int half = a.channels() / 2;
    switch (random.nextInt(10)) {
      case 0, 1 -> {
        int to = 4 * (1 + random.nextInt(3));
        net.conv(a.name(), name, a.channels(), to);
        values.add(new Value(name, to));
      }
      case 2 -> {
        net.grouped(a.name(), name, a.channels(), a.channels(), a.channels());
        values.add(new Value(name, a.channels()));
      }
      case 3 -> {
        net.grouped(a.name(), name, a.channels(), a.channels(), half);
        values.add(new Value(name, a.channels()));
      }
      case 4, 5 -> {
        String op = random.nextBoolean() ? "Add" : "Mul";
        values.stream()
            .filter(b -> b.channels() == a.channels())
            .reduce((first, second) -> random.nextBoolean() ? first : second)
            .ifPresent(b -> {
              net.node(op, a.name() + " " + b.name(), name);
              values.add(new Value(name, a.channels()));
            });
      }
      case 6 -> {
        Value b = values.get(random.nextInt(values.size()));
        if (a.channels() + b.channels() <= 24) {
          net.node("Concat", a.name() + " " + b.name(), name, Onnx.attribute("axis", 1L));
          values.add(new Value(name, a.channels() + b.channels()));
        }
      }
      case 7 -> {
        net.longs(name + "s", half, a.channels() - half)
            .node(
                "Split",
                a.name() + " " + name + "s",
                name + "a " + name + "b",
                Onnx.attribute("axis", 1L))
            .node(
                "Concat",
                name + "b " + name + "a " + (random.nextBoolean() ? "" : name + "a"),
                name,
                Onnx.attribute("axis", 1L));
        int channels = net.graph().getNode(net.graph().getNodeCount() - 1).getInputCount();
        values.add(new Value(name, channels == 2 ? a.channels() : a.channels() + half));
      }
      case 8 -> {
        net.longs(name + "i", 1, 2, half, 4, 4)
            .longs(name + "o", 1, 2L * half, 4, 4)
            .node("Reshape", a.name() + " " + name + "i", name + "a")
            .node("Transpose", name + "a", name + "b", Onnx.attribute("perm", 0, 2, 1, 3, 4))
            .node("Reshape", name + "b " + name + "o", name);
        values.add(new Value(name, 2 * half));
      }
      default -> {
        net.random(name + "p", a.channels(), 1, 1).node("PRelu", a.name() + " " + name + "p", name);
        values.add(new Value(name, a.channels()));
      }
    }
  }
}
