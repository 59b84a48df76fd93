namespace KestraGitHub.Storage;

/// <summary>What a waiting run waits for, as <c>waitingFor</c> of the API and of its row has it.</summary>
internal static class Waits
{
    /// <summary>Its plan is to be looked at by a person.</summary>
    public const string Approval = "approval";

    /// <summary>The sync, or every sync, is suspended.</summary>
    public const string Pause = "pause";

    /// <summary>None of the sync's windows is open.</summary>
    public const string Window = "window";

    /// <summary>The sync that it depends on has not got through.</summary>
    public const string Dependency = "dependency";

    /// <summary>Flows that would change are being executed.</summary>
    public const string Executions = "executions";

    /// <summary>It failed, and is tried again.</summary>
    public const string Retry = "retry";
}
