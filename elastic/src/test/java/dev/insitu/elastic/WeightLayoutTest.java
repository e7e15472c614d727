package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where tensors lie in weight files of all widths. */
class WeightLayoutTest {

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void partsGiveTheRowsAndColumnsOfEveryWidth(long seed) {
    JoinedCase made = new JoinedCase(seed);
    for (int width = 0; width <= JoinedCase.LAST; width++) {
      made.check(width);
    }
  }

  @Test
  void aPackageOfOneWidthHasItsTensorsOneAfterAnother() {
    Manifest manifest = SmallPackage.manifest();
    for (int tensor = 0; tensor < manifest.tensors().size(); tensor++) {
      assertEquals(manifest.blocks().offset(tensor), manifest.layout().offset(tensor));
      assertTrue(manifest.layout().weave(tensor).isEmpty());
    }
    assertEquals(manifest.blocks().weightFileBytes(), manifest.layout().bytes());
  }

  @Test
  void aNarrowerFileLacksWhatTheWidthDoesNotUse() {
    Manifest manifest = RandomWidths.addTo(new RandomPackage(5).manifest(), new Random(5));
    Manifest narrow = manifest.atWidth(0);
    for (int tensor = 0; tensor < manifest.tensors().size(); tensor++) {
      int number = tensor;
      boolean used = narrow.segments().stream().anyMatch(s -> s.tensors().contains(number));
      assertEquals(used, narrow.layout().has(tensor));
    }
    assertFalse(narrow.layout().bytes() > manifest.layout().bytes());
  }
}
