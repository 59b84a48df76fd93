using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What the first run of a definition would do.</summary>
/// <param name="Fault">Why that cannot be told, or why nothing of it would be written; null where there is nothing to say.</param>
public sealed record FirstPlanned(IReadOnlyList<ChangeRow> Rows, RunCounts Counts, string? Fault);

/// <summary>Plans a definition that is not in force. Nothing is stored of it.</summary>
internal sealed class FirstPlan(CheckoutSync sync, DefinitionEnvironment environment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<FirstPlanned> OfAsync(Definition definition, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            var runs = await sync.PlanAsync(CheckoutSync.Render(definition, null, environment), limit.Token);
            var report = new RunReport();
            foreach (var run in runs) report.AddPlanned(run.Task.Id, run.Plan!);
            var blockers = runs.Select(r => r.Plan!.Blocker).OfType<string>().ToList();
            return new(report.Rows, report.Counts, blockers.Count == 0 ? null : string.Join(' ', blockers));
        }
        catch (Exception e) when (e is GitException or KestraException or RenderException or PermanentFailureException)
        {
            return new([], new(), e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new([], new(), $"It took longer than {Patience.TotalSeconds:0} s: the dry run that follows has more time.");
        }
    }
}
