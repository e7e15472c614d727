package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {

  @TempDir Path directory;

  @Test
  void onlyTheUnfinishedFileOfThisCommandGoes() throws IOException {
    Path target = directory.resolve("model.insitu");
    Path older = Files.createFile(directory.resolve(".model.insitu." + UUID.randomUUID()));
    Path finished = Files.createFile(target);
    Path other = Files.createFile(directory.resolve(".model.insitu.notes"));
    Leftovers leftovers = new Leftovers(target);
    Files.createFile(directory.resolve(".model.insitu." + UUID.randomUUID()));
    leftovers.delete();
    leftovers.close();
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(
          List.of(older, other, finished).stream().sorted().toList(), left.sorted().toList());
    }
  }
}
