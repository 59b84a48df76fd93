namespace KestraGitHub.Reconciliation;

/// <summary>What became of an object on one side since it was applied.</summary>
internal enum Moved { No, Changed, Gone }

/// <summary>What becomes of an object that was applied before.</summary>
internal enum Outcome
{
    /// <summary>Neither side moved, or both came to the same.</summary>
    Settled,

    /// <summary>Only the source moved: the target follows.</summary>
    Apply,

    /// <summary>Only the target moved, and the source is put back.</summary>
    Overwrite,

    /// <summary>Only the target moved, and its edit stays.</summary>
    Leave,

    /// <summary>Both moved, and the source goes over the target's edit.</summary>
    SourceWins,

    /// <summary>Both moved, and the target's edit stays.</summary>
    TargetWins,

    /// <summary>Both moved, and their changes are joined.</summary>
    Merge,

    /// <summary>Both moved, and nothing is written.</summary>
    Fail,
}

/// <summary>The three-way decision: what was applied last stands between the two sides. It knows no direction: source and target are what the task says.</summary>
internal static class ThreeWay
{
    public static Outcome Decide(Moved source, Moved target, OnDrift onDrift, OnConflict onConflict) => (source, target) switch
    {
        (Moved.No, Moved.No) or (Moved.Gone, Moved.Gone) => Outcome.Settled,
        (_, Moved.No) => Outcome.Apply,
        (Moved.No, _) => onDrift == OnDrift.Overwrite ? Outcome.Overwrite : Outcome.Leave,
        _ => (onConflict, source, target) switch
        {
            (OnConflict.Source, _, _) => Outcome.SourceWins,
            (OnConflict.Target, _, _) => Outcome.TargetWins,
            (OnConflict.Merge, Moved.Changed, Moved.Changed) => Outcome.Merge,
            _ => Outcome.Fail, // there are no lines to join where one side has none
        },
    };
}
