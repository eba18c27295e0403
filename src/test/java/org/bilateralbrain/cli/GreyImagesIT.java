package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten fine and five coarse classes of grey images of 64x64 pixels, from folders to the report. */
@Timeout(300)
class GreyImagesIT extends LocalRunFixture {

  private static final String SWEEP =
      """
      bilateral {
        name = grey
        engine = %s
        data { source = %s, path = "%s", size = 64, channels = 1 }
        grid { seeds = [0], models = [unilateral-fine, unilateral-coarse, bilateral-specialised] }
        hemisphere { width = 4, epochs = 2, batch-size = 20, learning-rate = 3e-3, dropout = 0
                     augmentation { pad = 8, cutout = 16 } }
        heads { feature-views = 1, epochs = 4, batch-size = 20, learning-rate = 3e-2, dropout = 0 }
      }
      """;

  /** Folder names as people have them, and worse. */
  private static final String[] FINE = {
    "=1+1",
    "a, b",
    "say \"hi\"",
    "<b>bold",
    "שלום",
    "50% & more_$",
    "back\\slash{}",
    "~tilde^",
    "two\nlines",
    "a|b"
  };

  private static final String[] COARSE = {
    "<b>bold", "שלום", "{two}\nlines", "50% & more_$", "back\\slash"
  };

  private Path images;

  @BeforeEach
  void imagesOfStripes() throws IOException {
    images = temp.resolve("images");
    SplittableRandom random = new SplittableRandom(1);
    for (String part : new String[] {"train", "validation", "test"}) {
      for (int fine = 0; fine < 10; fine++) {
        Path folder = images.resolve(part).resolve(COARSE[fine / 2]).resolve(FINE[fine]);
        Files.createDirectories(folder);
        for (int i = 0; i < (part.equals("train") ? 20 : 5); i++) {
          ImageIO.write(stripes(fine, random), "png", folder.resolve(i + ".png").toFile());
        }
      }
    }
  }

  /** Coarse classes have stripes of different widths, fine ones different directions. */
  private static BufferedImage stripes(int fine, SplittableRandom random) {
    BufferedImage image = new BufferedImage(72, 64, BufferedImage.TYPE_BYTE_GRAY);
    int shift = random.nextInt(64);
    int width = 2 << (fine / 2);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 72; x++) {
        int along = (fine % 2 == 0 ? x : y) + shift;
        int shade = along / width % 2 == 0 ? 60 : 190;
        image.getRaster().setSample(x, y, 0, shade + random.nextInt(-40, 41));
      }
    }
    return image;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dl4j", "torch"})
  void theWholePipelineWorksOnFolders(String engine) throws IOException {
    runThrough(SWEEP.formatted(engine, "folder", images));

    String set = "bilateral.store=" + temp.resolve("store");
    String conf = conf(SWEEP.formatted(engine, "folder", images));
    assertThat(execute("analyse", conf, "--set", set)).isZero();
    assertThat(execute("test", conf, "--set", set)).isZero();
    String page = temp.resolve("page.html").toString();
    assertThat(execute("report", conf, "--set", set, "--html", page)).isZero();
    assertThat(Files.readString(Path.of(page)))
        .contains("back\\slash", "\u2068שלום\u2069", "&lt;b&gt;bold")
        .doesNotContain("<b>bold");
    assertThat(Files.readString(temp.resolve("store/sweeps/grey/classes.csv")))
        .contains(",'=1+1,", ",\"a, b\",", ",\"say \"\"hi\"\"\",", ",<b>bold,", ",שלום,")
        .contains(",50% & more_$,", ",back\\slash{},", ",~tilde^,", ",\"two\nlines\",", ",a|b,");
  }

  @Test
  void preparedImagesAreTheSameDataSet() throws IOException {
    Path target = temp.resolve("prepared");
    assertThat(
            execute(
                "prepare",
                "--source",
                images.toString(),
                "--target",
                target.toString(),
                "--size",
                "64",
                "--grey"))
        .isZero();
    assertThat(out())
        .contains(
            "200 training, 50 validation and 50 test images (64x64, grey), 10 fine and 5 coarse classes");
    String digest = out().substring(out().indexOf("digest ") + 7).strip();

    runThrough(SWEEP.formatted("dl4j", "folder", images));
    assertThat(Files.readString(temp.resolve("store/sweeps/grey/plan.json"))).contains(digest);
    out.reset();
    String prepared = SWEEP.formatted("dl4j", "cifar100", target);
    assertThat(run(prepared)).isZero();
    assertThat(out()).as("nothing is trained twice").contains(" 0 trained");
  }

  private void runThrough(String sweep) throws IOException {
    assertThat(run(sweep)).as(err()).isZero();
    assertThat(out()).contains("5 jobs: 5 trained, 0 reused, 0 failed");
  }

  private int run(String sweep) throws IOException {
    return execute("run", conf(sweep), "--set", "bilateral.store=" + temp.resolve("store"));
  }
}
