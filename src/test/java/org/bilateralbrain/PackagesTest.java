package org.bilateralbrain;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may know which, and which libraries stay in one place. */
class PackagesTest {

  private static final String ROOT = "org.bilateralbrain.";

  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.bilateralbrain");

  /** From those that know nothing to those that know everything. */
  private static final Map<String, List<String>> KNOWS = new LinkedHashMap<>();

  static {
    KNOWS.put("data", List.of());
    KNOWS.put("nn", List.of("data"));
    KNOWS.put("nn.dl4j", List.of("nn", "data"));
    KNOWS.put("nn.torch", List.of("nn", "data"));
    KNOWS.put("config", List.of("nn", "data"));
    KNOWS.put("grid", List.of("config", "nn", "data"));
    KNOWS.put("store", List.of());
    KNOWS.put("statistics", List.of("store"));
    KNOWS.put("tensorboard", List.of("store"));
    KNOWS.put("report", List.of("statistics", "store", "data", "config"));
    KNOWS.put("report.page", List.of("report", "statistics", "store", "config"));
    KNOWS.put("report.progress", List.of("report", "statistics", "store"));
    KNOWS.put("train", List.of("grid", "config", "nn", "data", "store", "tensorboard"));
    KNOWS.put("analysis", List.of("train", "grid", "config", "nn", "data", "store"));
    KNOWS.put(
        "sweep",
        List.of("train", "grid", "config", "nn", "data", "store", "report", "report.progress"));
    KNOWS.put(
        "spark",
        List.of(
            "sweep",
            "analysis",
            "train",
            "grid",
            "config",
            "nn",
            "data",
            "store",
            "report.progress"));
  }

  @Test
  void noPackagesKnowEachOtherInACircle() {
    slices().matching("org.bilateralbrain.(**)").should().beFreeOfCycles().check(PROGRAM);
  }

  @Test
  void aPackageKnowsWhatTheDesignSaysAndNothingElse() {
    KNOWS.forEach(
        (name, others) ->
            classes()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .onlyDependOnClassesThat(isForeignOrIn(name, others))
                .check(PROGRAM));
  }

  @Test
  void everyPackageIsInTheDesign() {
    assertThat(PROGRAM.stream().map(JavaClass::getPackageName).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(KNOWS.keySet().stream(), Stream.of("cli"))
                .map(name -> ROOT + name)
                .collect(Collectors.toSet()));
  }

  @Test
  void sparkIsUsedInItsPackageAlone() {
    onlyIn("spark", "org.apache.spark..", "scala..");
  }

  @Test
  void dl4jAndNd4jAreUsedInTheirEngineAlone() {
    onlyIn("nn.dl4j", "org.deeplearning4j..", "org.nd4j..", "org.bytedeco.dnnl..");
  }

  @Test
  void libtorchIsUsedInItsEngineAlone() {
    onlyIn("nn.torch", "org.bytedeco.pytorch..", "org.bytedeco.cuda..");
  }

  @Test
  void nativeMemoryIsTheEnginesBusinessAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "nn.dl4j", ROOT + "nn.torch")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(PROGRAM);
  }

  /** Its settings, which everybody passes on, are a value. */
  @Test
  void hadoopsFileSystemsAreUsedInStoreAndDataAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "store", ROOT + "data", ROOT + "spark")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.hadoop.fs..", "org.apache.hadoop.io..")
        .check(PROGRAM);
  }

  private static void onlyIn(String name, String... libraries) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + name)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .check(PROGRAM);
  }

  private static DescribedPredicate<JavaClass> isForeignOrIn(String name, List<String> others) {
    String[] allowed =
        Stream.concat(Stream.of(name), others.stream()).map(n -> ROOT + n).toArray(String[]::new);
    return DescribedPredicate.not(resideInAnyPackage("org.bilateralbrain.."))
        .or(resideInAnyPackage(allowed))
        .as("is in %s or %s", name, others);
  }
}
