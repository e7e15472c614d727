package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One case of the test vectors, as {@code vectors/README.md} describes it. */
final class VectorCase {

  private static final int LONGEST_SHOWN = 1000;
  private static final HexFormat HEX = HexFormat.of();

  final String name;
  final int levels;
  final List<TensorSpec> tensors = new ArrayList<>();
  final SortedMap<Integer, byte[]> chunks = new TreeMap<>();

  /** Values after a group, or their SHA-256 where they are long. */
  final SortedMap<Integer, byte[]> values = new TreeMap<>();

  final List<Map.Entry<Integer, byte[]>> refused = new ArrayList<>();

  VectorCase(String name, int levels) {
    this.name = name;
    this.levels = levels;
  }

  /** What the case holds of values: themselves, or their SHA-256. */
  byte[] shown(byte[] all) {
    return isLong() ? Digest.sha256(all).toBytes() : all;
  }

  private boolean isLong() {
    return tensors.stream().mapToLong(TensorSpec::byteLength).sum() > LONGEST_SHOWN;
  }

  /** Every tensor's only block. */
  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (TensorSpec tensor : tensors) {
      blocks.add(new Block(blocks.size(), blocks.size(), tensor, 0, (int) tensor.length()));
    }
    return blocks;
  }

  /** Blocks with content in a group. */
  List<BlockState> in(int group, List<BlockState> states) {
    return states.stream().filter(s -> s.block().tensor().hasContent(group, levels)).toList();
  }

  static List<VectorCase> parse(List<String> lines) {
    List<VectorCase> cases = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ");
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (words[0].equals("case")) {
        cases.add(new VectorCase(words[1], Integer.parseInt(words[3])));
      } else {
        cases.get(cases.size() - 1).add(words);
      }
    }
    return cases;
  }

  private void add(String[] words) {
    switch (words[0]) {
      case "tensor" ->
          tensors.add(
              new TensorSpec(
                  "t" + tensors.size(),
                  ElementType.valueOf(words[1]),
                  Coding.valueOf(words[2]),
                  Long.parseLong(words[3]),
                  Integer.parseInt(words[4]),
                  Integer.parseInt(words[5])));
      case "chunk" -> chunks.put(Integer.valueOf(words[1]), HEX.parseHex(words[2]));
      case "values", "digest" -> values.put(Integer.valueOf(words[1]), HEX.parseHex(words[2]));
      case "refuse" -> refused.add(Map.entry(Integer.valueOf(words[1]), bytes(words)));
      default -> throw new IllegalArgumentException("Unknown line " + words[0]);
    }
  }

  private static byte[] bytes(String[] words) {
    return words.length < 3 ? new byte[0] : HEX.parseHex(words[2]);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("case " + name + " levels " + levels);
    for (TensorSpec t : tensors) {
      lines.add(
          String.join(
              " ",
              "tensor",
              t.type().name(),
              t.coding().name(),
              Long.toString(t.length()),
              Integer.toString(t.rowLength()),
              Integer.toString(t.refinements())));
    }
    chunks.forEach((group, chunk) -> {
      lines.add("chunk " + group + " " + HEX.formatHex(chunk));
      String what = isLong() ? "digest " : "values ";
      lines.add(what + group + " " + HEX.formatHex(values.get(group)));
    });
    refused.forEach(entry ->
        lines.add(("refuse " + entry.getKey() + " " + HEX.formatHex(entry.getValue())).strip()));
    lines.add("");
    return lines;
  }
}
