package org.bilateralbrain.spark;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import scala.collection.JavaConverters;

/**
 * Records which Spark jobs have a running task, since when and where. Spark reports this only to
 * listeners.
 */
final class RunningTasks extends SparkListener {

  private final Map<Integer, Integer> jobByStage = new ConcurrentHashMap<>();

  /**
   * @param millis time since the epoch
   */
  private record Launch(long millis, String executor, String host) {}

  /** By Spark job and task attempt. */
  private final Map<Integer, Map<Long, Launch>> launches = new ConcurrentHashMap<>();

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    launches.put(start.jobId(), new ConcurrentHashMap<>());
    JavaConverters.seqAsJavaList(start.stageIds())
        .forEach(stage -> jobByStage.put((Integer) stage, start.jobId()));
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    TaskInfo task = start.taskInfo();
    launchesOf(start.stageId())
        .put(task.taskId(), new Launch(task.launchTime(), task.executorId(), task.host()));
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    launchesOf(end.stageId()).remove(end.taskInfo().taskId());
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd end) {
    launches.remove(end.jobId());
    jobByStage.values().removeIf(job -> job == end.jobId());
  }

  private Map<Long, Launch> launchesOf(int stage) {
    Map<Long, Launch> none = new ConcurrentHashMap<>();
    Integer job = jobByStage.get(stage);
    return job == null ? none : launches.getOrDefault(job, none);
  }

  /**
   * When the oldest of a Spark job's running tasks was launched, in milliseconds since the epoch;
   * empty if none is running.
   */
  OptionalLong sinceMillis(int sparkJob) {
    return launches.getOrDefault(sparkJob, Map.of()).values().stream()
        .mapToLong(Launch::millis)
        .min();
  }

  /** Id of the executor that runs a task of a Spark job, if one does. */
  Optional<String> executor(int sparkJob) {
    return launches.getOrDefault(sparkJob, Map.of()).values().stream()
        .map(Launch::executor)
        .findFirst();
  }

  /** Where an executor that runs a task is, as Spark writes preferred locations. */
  Optional<String> location(String executor) {
    return launches.values().stream()
        .flatMap(attempts -> attempts.values().stream())
        .filter(each -> each.executor().equals(executor))
        .map(each -> "executor_%s_%s".formatted(each.host(), executor))
        .findFirst();
  }

  /** Ids of the executors that run tasks. */
  Set<String> executors() {
    return launches.values().stream()
        .flatMap(attempts -> attempts.values().stream())
        .map(Launch::executor)
        .collect(Collectors.toSet());
  }
}
