package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.nn.Computation;

/** Tests several networks together, their logits averaged for each head; trains nothing. */
public record EnsembleJob(DataKey data, Computation computation, List<Hemisphere> members)
    implements Job {

  @Override
  public String kind() {
    return "ensemble";
  }

  @Override
  public List<Job> parents() {
    return List.copyOf(members);
  }

  @Override
  public String title() {
    return "ensemble of %s, %s, seeds %s to %s"
        .formatted(
            members.size(),
            members.get(0).shape().title(),
            members.get(0).seed(),
            members.get(members.size() - 1).seed());
  }

  @Override
  public double work() {
    return members.stream().mapToDouble(member -> member.architecture().forwardCost()).sum();
  }

  @Override
  public Specification specification() {
    Specification specification = new Specification(kind(), computation).add(data);
    for (int i = 0; i < members.size(); i++) {
      specification.add("member " + i, members.get(i).id());
    }
    return specification;
  }
}
