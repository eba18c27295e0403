package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkException;
import org.bilateralbrain.sweep.Outcome;
import org.junit.jupiter.api.Test;

class TaskFailureTest {

  @Test
  void theReasonIsTheTasksLastException() {
    String spark =
        """
        Job aborted due to stage failure: Task 0 in stage 5.0 failed 4 times, most recent failure: Lost task 0.3 in stage 5.0 (TID 9) (host-7 executor 12): java.io.IOException: No space left on device
        \tat org.example.Some.method(Some.java:1)

        Driver stacktrace:""";

    assertThat(TaskFailure.outcome(new ExecutionException(new SparkException(spark))))
        .isEqualTo(new Outcome.Failed("java.io.IOException: No space left on device", false));
  }

  @Test
  void anyOtherMessageIsTheReason() {
    assertThat(
            TaskFailure.outcome(
                new ExecutionException(
                    new SparkException("Job 3 cancelled because SparkContext was shut down"))))
        .isEqualTo(new Outcome.Failed("Job 3 cancelled because SparkContext was shut down", false));
  }

  @Test
  void theReasonIsFoundEvenWhenEveryMachineIsExcluded() {
    String spark =
        """
        Job aborted due to stage failure:
        Aborting TaskSet 0.0 because task 0 (partition 0)
        cannot run anywhere due to node and executor excludeOnFailure.
        Most recent failure:
        Lost task 0.1 in stage 0.0 (TID 1) (127.0.0.1 executor 1): ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Command exited with code 137

        ExcludeOnFailure behavior can be configured via spark.excludeOnFailure.*.
        """;

    assertThat(TaskFailure.outcome(new ExecutionException(new SparkException(spark))).reason())
        .isEqualTo(
            "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Command exited with code 137");
  }

  @Test
  void anExecutorThatYarnKilledForItsMemoryIsToldHowToGetMore() {
    String spark =
        "Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task 0.0 in stage 0.0"
            + " (TID 0) (h executor 1): ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason:"
            + " Container killed by YARN for exceeding physical memory limits. 1.1 GB of 1.1 GB physical memory used. Consider"
            + " boosting spark.executor.memoryOverhead.\nDriver stacktrace:";

    assertThat(TaskFailure.outcome(new ExecutionException(new SparkException(spark))).reason())
        .startsWith("ExecutorLostFailure")
        .endsWith(
            "boosting spark.executor.memoryOverhead. Ask for more with --native, in MiB for each task.");
  }

  @Test
  void aFailedStoreIsDistinguishedFromAFailedMachine() {
    String spark =
        "… most recent failure: Lost task 0.3 in stage 5.0 (TID 9) (host executor 1): "
            + TaskFailure.StoreFailureException.class.getName()
            + ": the store failed: Connection refused\n\tat x";

    assertThat(TaskFailure.outcome(new ExecutionException(new SparkException(spark))))
        .isEqualTo(new Outcome.Failed("the store failed: Connection refused", true));
  }

  @Test
  void exhaustedMemoryIsNoErrorToSparkEvenIfDl4jWrapsIt() {
    Throwable wrapped =
        new RuntimeException(
            "Error during backpropagation", new OutOfMemoryError("physicalBytes = 1233M"));

    assertThat(TaskFailure.survivable(wrapped))
        .isInstanceOf(IllegalStateException.class)
        .hasNoCause()
        .hasMessageStartingWith("out of memory (physicalBytes = 1233M): use a smaller batch-size");
  }
}
