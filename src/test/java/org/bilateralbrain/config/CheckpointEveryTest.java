package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bilateralbrain.config.CheckpointEvery.OrWhenAsked;
import org.bilateralbrain.config.CheckpointEvery.Time;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a checkpoint is due. */
class CheckpointEveryTest {

  @Test
  void onceTheFileIsThereEachEpochThatIsNotSavedIsDue(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("save");
    CheckpointEvery every = new OrWhenAsked(new Time(Duration.ofMinutes(10)), file);

    assertThat(every.due(3, 599)).isFalse();
    assertThat(every.due(3, 600)).isTrue();
    Files.createFile(file);
    assertThat(every.due(1, 1)).isTrue();
    assertThat(every.due(0, 1)).isFalse();
  }
}
