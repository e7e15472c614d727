package dev.insitu.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guards what may use what: the modules' dependencies and the limits of code that runs on a device.
 */
class ArchitectureTest {
  /**
   * Module -> the modules it may use. The poms say the same; this also covers what is transitive.
   */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("elastic", Set.of()),
          Map.entry("link", Set.of()),
          Map.entry("runtime", Set.of("elastic")),
          Map.entry("device", Set.of("elastic", "runtime")),
          Map.entry("model", Set.of("elastic")),
          Map.entry("forge", Set.of("elastic", "model", "runtime")),
          Map.entry("train", Set.of("elastic", "model", "forge")),
          Map.entry("planner", Set.of("elastic")),
          Map.entry("library", Set.of("elastic")),
          Map.entry(
              "lab", Set.of("elastic", "runtime", "model", "forge", "train", "library", "server")),
          Map.entry("demo", Set.of()),
          Map.entry("server", Set.of("elastic", "library", "model", "planner", "runtime")),
          Map.entry(
              "cli",
              Set.of(
                  "elastic", "link", "runtime", "device", "model", "forge", "train", "planner",
                  "library", "server", "lab", "demo")));

  private static final Set<String> ON_DEVICE = Set.of("elastic", "link", "runtime", "device");

  /** Made by the protobuf compiler. */
  private static final String GENERATED = "dev.insitu.model.proto";

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.insitu");

  static Stream<String> modules() {
    return MAY_USE.keySet().stream().sorted();
  }

  static Stream<String> deviceModules() {
    return ON_DEVICE.stream().sorted();
  }

  @Test
  void everyClassBelongsToAModule() {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : PRODUCT) {
      found.add(type.getPackageName().split("\\.", -1)[2]);
    }
    assertEquals(new TreeSet<>(MAY_USE.keySet()), found);
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked =
        PRODUCT.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(ArchitectureTest::isNotNullMarked)
            .map(JavaPackage::getName)
            .filter(name -> !name.equals(GENERATED))
            .sorted()
            .toList();
    assertTrue(unmarked.isEmpty(), () -> "no package-info.java with @NullMarked: " + unmarked);
  }

  private static boolean isNotNullMarked(JavaPackage javaPackage) {
    return javaPackage
        .tryGetPackageInfo()
        .filter(info -> info.isAnnotatedWith(NullMarked.class))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void moduleUsesOnlyWhatTheTableAllows(String module) {
    String[] allowed =
        Stream.concat(Stream.of(module), MAY_USE.get(module).stream())
            .map(ArchitectureTest::packages)
            .toArray(String[]::new);
    noClasses()
        .that(resideInAPackage(packages(module)))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.insitu..").and(not(resideInAnyPackage(allowed))))
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  @ParameterizedTest
  @MethodSource("deviceModules")
  void deviceCodeUsesOnlyWhatAndroidHas(String module) {
    noClasses()
        .that(resideInAPackage(packages(module)))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.net.http..",
                "java.lang.foreign..",
                "jdk..",
                "sun..",
                "com.sun..",
                "java.lang.management..",
                "javax.management.."))
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  @ParameterizedTest
  @MethodSource("deviceModules")
  void deviceCodeStartsNoVirtualThreads(String module) {
    noClasses()
        .that(resideInAPackage(packages(module)))
        .should()
        .callMethod(Thread.class, "ofVirtual")
        .orShould()
        .callMethod(Thread.class, "startVirtualThread", Runnable.class)
        .orShould()
        .callMethod(Executors.class, "newVirtualThreadPerTaskExecutor")
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  private static String packages(String module) {
    return "dev.insitu." + module + "..";
  }
}
