namespace KestraGitHub.Runs;

/// <summary>Nothing is wrong, but it is not yet time: the run goes back to wait, holds no worker, and costs no attempt.</summary>
/// <param name="waitingFor">One word, as the API tells it: <c>approval</c>, <c>window</c>, <c>pause</c>, <c>dependency</c>, <c>executions</c>.</param>
/// <param name="delay">When to look again; null: not before somebody says so.</param>
/// <param name="message">What it waits for, and who can end that, in a person's words.</param>
public sealed class RunMustWaitException(string waitingFor, TimeSpan? delay, string message) : Exception(message)
{
    public string WaitingFor => waitingFor;

    public TimeSpan? Delay => delay;
}
