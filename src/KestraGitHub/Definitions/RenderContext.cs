using System.Collections.ObjectModel;

namespace KestraGitHub.Definitions;

/// <summary>What a run knows when it renders a definition. It grows: what is needed and not there yet is asked for (<see cref="NeededFact"/>).</summary>
/// <param name="Payload">The values that were kept of the newest delivery, by path as in <see cref="Definition.PayloadPaths"/>; JSON texts.</param>
public sealed record RenderContext(DefinitionEnvironment Environment, IReadOnlyDictionary<string, string> Payload)
{
    /// <summary>The run as expressions see it; null where a task is rendered by itself.</summary>
    public RunFacts? Run { get; init; }

    /// <summary>Id of the trigger that started the run; null when a person did.</summary>
    public string? TriggerId { get; init; }

    /// <summary>What Kestra's key-value store holds; JSON texts, null for a key that is not there.</summary>
    public IReadOnlyDictionary<KvName, string?> Kv { get; init; } = ReadOnlyDictionary<KvName, string?>.Empty;

    /// <summary>What the tasks that have run gave, by their identity (<see cref="LoopPlace.Name"/>).</summary>
    public IReadOnlyDictionary<string, TaskOutputs> Given { get; init; } = ReadOnlyDictionary<string, TaskOutputs>.Empty;

    /// <summary>Where the task that is rendered stands.</summary>
    public LoopPlace Place { get; init; } = LoopPlace.None;

    /// <summary>Finds outputs of earlier tasks; null where a task is rendered by itself.</summary>
    internal OutputBook? Outputs { get; init; }
}

/// <param name="Now">One moment for the whole run: two tasks that name it name the same.</param>
public sealed record RunFacts(string Id, DateTimeOffset Started, DateTimeOffset Now);

/// <summary>A key of Kestra's key-value store.</summary>
/// <param name="Namespace">Null: that of the flow, else those above it.</param>
public sealed record KvName(string Key, string? Namespace);

/// <summary>What one task gave.</summary>
/// <param name="Values">By name; JSON texts, null where there is nothing (no commit was needed).</param>
/// <param name="NotMade">Names of what only a run that writes makes: this one does not.</param>
public sealed record TaskOutputs(IReadOnlyDictionary<string, string?> Values, IReadOnlySet<string> NotMade)
{
    public static TaskOutputs None { get; } = new(ReadOnlyDictionary<string, string?>.Empty, new HashSet<string>());
}

/// <summary>Something that a run has to find out before the next expression can be rendered.</summary>
public abstract record NeededFact
{
    public sealed record Kv(KvName Name) : NeededFact;

    /// <param name="Task">Identity of the task.</param>
    /// <param name="IsNeverMade">True in a run that writes nothing, which therefore cannot make it.</param>
    public sealed record Output(string Task, string? Name, bool IsNeverMade) : NeededFact;
}

/// <summary>Rendering stops here until the fact is known. No error: whoever renders catches it.</summary>
internal sealed class FactNeededException(NeededFact fact) : Exception
{
    public NeededFact Fact => fact;
}
