package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class TaskFailureTest {

  @Test
  void theReasonIsTheTasksLastException() {
    String spark =
        """
        Job aborted due to stage failure: Task 0 in stage 5.0 failed 4 times, most recent failure: Lost task 0.3 in stage 5.0 (TID 9) (host-7 executor 12): java.io.IOException: No space left on device
        \tat org.example.Some.method(Some.java:1)

        Driver stacktrace:""";

    assertThat(TaskFailure.reason(new ExecutionException(new SparkException(spark))))
        .isEqualTo("java.io.IOException: No space left on device");
  }

  @Test
  void anyOtherMessageIsGivenAsItIs() {
    assertThat(TaskFailure.reason(new ExecutionException(new SparkException("Job 3 cancelled because SparkContext was shut down"))))
        .isEqualTo("Job 3 cancelled because SparkContext was shut down");
  }

  @Test
  void memoryThatRanOutInBackpropagationIsALastingFailureAlthoughDl4jWrapsIt() throws Exception {
    Throwable wrapped = new RuntimeException("Error during backpropagation", new OutOfMemoryError("physicalBytes = 1233M"));

    assertThat(TaskFailure.lasting(wrapped)).startsWith("out of memory (physicalBytes = 1233M): use a smaller batch-size");
  }
}
