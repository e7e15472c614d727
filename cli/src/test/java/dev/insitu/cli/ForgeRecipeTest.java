package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForgeRecipeTest {

  @TempDir Path folder;

  private ForgeRecipe read(String json) throws IOException {
    return ForgeRecipe.read(Files.writeString(folder.resolve("recipe.json"), json));
  }

  @Test
  void onlySamplesMustBeSaid() throws IOException {
    ForgeRecipe recipe = read("{\"samples\": \"train.bin\"}");
    assertEquals(folder.resolve("train.bin").toAbsolutePath(), recipe.samples());
    assertTrue(recipe.segments().isEmpty());
    assertTrue(recipe.labels());
    assertTrue(recipe.retrain().isEmpty());
    assertEquals(ForgeRecipe.Exits.NONE, recipe.exits());
    assertEquals(ForgeRecipe.Training.DEFAULT, recipe.training());
  }

  @Test
  void everythingCanBeSaid() throws IOException {
    ForgeRecipe recipe =
        read(
            """
            {"samples": "a", "measure": "/b", "most": 9, "labels": false, "mean": [1, 2, 3],
             "std": [4, 5, 6], "segments": 7, "cuts": {"bits": [8, 3]},
             "exits": {"after": [1, 3], "layers": 2, "train": "joint"},
             "training": {"epochs": 0.5, "batch": 8, "rate": 0.1, "padding": 4, "flip": true,
                          "seed": 5, "threads": 1},
             "retrain": {"epochs": 3, "bits": false, "price": 0.2, "drawn": 3,
                         "widths": [0.5, 0.75]}}
            """);
    assertEquals(Path.of("/b"), recipe.measure());
    assertEquals(9, recipe.most());
    assertFalse(recipe.labels());
    assertEquals(List.of(4f, 5f, 6f), recipe.std());
    assertEquals(7, recipe.segments().orElseThrow());
    assertEquals(new ForgeRecipe.Exits(0, List.of(1, 3), List.of(), 2, true), recipe.exits());
    assertEquals(List.of(8, 3), recipe.featureBits());
    assertEquals(new ForgeRecipe.Training(0.5, 8, 0.1, 4, true, 5, 1), recipe.training());
    assertEquals(3, recipe.retrain().orElseThrow().epochs());
    assertEquals(new ForgeRecipe.Together(false, 0.2, 3, List.of(0.75, 0.5)), recipe.nesting());
    assertEquals(0.05, recipe.retrain().orElseThrow().rate());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{} | samples",
        "null | samples",
        "{\"sample\": \"a\"} | sample",
        "{\"samples\": \"a\", \"most\": 0} | most",
        "{\"samples\": \"a\", \"segments\": 257} | segments",
        "{\"samples\": \"a\", \"training\": {\"epochs\": -1}} | epochs",
        "{\"samples\": \"a\", \"training\": {\"rate\": \"fast\"}} | fast",
        "{\"samples\": \"a\", \"exits\": {\"count\": 2, \"after\": [1]}} | exits.after",
        "{\"samples\": \"a\", \"exits\": {\"count\": 5000}} | exits.count",
        "{\"samples\": \"a\", \"exits\": {\"at\": [0.5], \"after\": [1]}} | exits.at",
        "{\"samples\": \"a\", \"exits\": {\"layers\": 5}} | exits.layers",
        "{\"samples\": \"a\", \"exits\": {\"count\": 1, \"train\": \"hot\"}} | exits.train",
        "{\"samples\": \"a\", \"exits\": {\"count\": 1, \"train\": \"joint\"}} | retrain",
        "{\"samples\": \"a\", \"retrain\": {\"price\": -1}} | retrain.price",
        "{\"samples\": \"a\", \"retrain\": {\"drawn\": 17}} | retrain.drawn",
        "{\"samples\": \"a\", \"retrain\": {\"widths\": [0.5, 1]}} | retrain.widths",
        "{\"samples\": \"a\"} {} | recipe",
        "[1, 2 | recipe",
      })
  void whatIsNoRecipeIsRefusedByTheFieldsName(String json, String named) {
    CliException refused = assertThrows(CliException.class, () -> read(json));
    assertTrue(String.valueOf(refused.getMessage()).contains(named), refused.getMessage());
  }

  @Test
  void cutsAreMeasuredWithTheUsualBitsIfNothingIsSaid() throws IOException {
    assertEquals(List.of(8, 6, 4, 3, 2), read("{\"samples\": \"a\", \"cuts\": {}}").featureBits());
    assertEquals(List.of(), read("{\"samples\": \"a\"}").featureBits());
    assertEquals(
        List.of(0.33, 0.6),
        read("{\"samples\": \"a\", \"exits\": {\"at\": [0.33, 0.6]}}").exits().at());
  }

  @Test
  void aRecipeThatIsNotThereIsNamed() {
    Path missing = folder.resolve("none.json");
    CliException refused = assertThrows(CliException.class, () -> ForgeRecipe.read(missing));
    assertTrue(String.valueOf(refused.getMessage()).contains("none.json"));
  }
}
