namespace KestraGitHub.Reconciliation;

/// <summary>What to do with an object that changed on both sides since the last run.</summary>
public enum OnConflict
{
    /// <summary>The source wins; what it overwrites is kept in the journal.</summary>
    Source,

    /// <summary>The target's edit stays, and the row says so.</summary>
    Target,

    /// <summary>Both changes are joined line by line where they do not meet; where they do, it is as <see cref="Fail"/>.</summary>
    Merge,

    /// <summary>Nothing of the run is written.</summary>
    Fail,
}

/// <summary>The choices as definitions, the API and the database write them.</summary>
internal static class ConflictWords
{
    private static readonly OnConflict[] All = Enum.GetValues<OnConflict>();

    public static string Word(this OnConflict choice) => choice.ToString().ToLowerInvariant();

    /// <summary>Null when the text is none of them.</summary>
    public static OnConflict? Parse(string? word) => Array.FindIndex(All, c => c.Word() == word) is var at and >= 0 ? All[at] : null;
}

/// <summary>What to do with an object that changed only in the target since the last run.</summary>
public enum OnDrift
{
    /// <summary>The source wins; what it overwrites is kept in the journal.</summary>
    Overwrite,

    /// <summary>The edit stays, and the row says so.</summary>
    Report,

    /// <summary>The edit stays, and is offered to Git as a pull request.</summary>
    PullRequest,
}
