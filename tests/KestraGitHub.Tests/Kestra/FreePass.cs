using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Kestra;

/// <summary>A guard that lets everything pass.</summary>
internal sealed class FreePass : IApplyGuard
{
    public static FreePass Always { get; } = new();

    public ValueTask BeforeWriteAsync(CancellationToken ct) => ValueTask.CompletedTask;

    public void CheckAtWire()
    {
    }

    public void Written(AppliedChange change)
    {
    }
}
