namespace KestraGitHub.Definitions;

/// <summary>Kestra's <c>retry</c>: constant, exponential or random.</summary>
internal static class RetryRenderer
{
    private static readonly IReadOnlyList<PropertySpec> Members =
    [
        new("type", Enum: ["constant", "exponential", "random"]), new("interval"), new("maxInterval"), new("minInterval"), new("delayFactor"),
        new("maxAttempts", PropertyKind.Number),
        new("maxAttempt", PropertyKind.Number), new("maxDuration"), new("warningOnRetry", PropertyKind.Flag), new("behavior"),
    ];

    public static RetryPolicy? Render(TaskValues task)
    {
        if (task.Map("retry", Members) is not { } retry) return null;
        var type = retry.Text("type") ?? "constant";
        var attempts = retry.Number("maxAttempts") ?? retry.Number("maxAttempt");
        if (attempts < 1) retry.Fault("maxAttempts", "is no number of attempts", "Write 1 or more.");
        var interval = retry.Duration(type == "random" ? "minInterval" : "interval");
        if (interval is null && !retry.Has("interval") && !retry.Has("minInterval"))
            task.Fault("retry", "says no interval", "Add `interval: PT30S`.");
        var factor = type == "exponential" ? 2.0 : 1.0;
        if (retry.Text("delayFactor") is { } text
            && !(double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out factor) && factor is >= 1 and <= 100))
            retry.Fault("delayFactor", "is no factor", "Write a number from 1 to 100.");
        return new RetryPolicy(attempts, interval ?? TimeSpan.Zero, factor, retry.Duration("maxInterval"), retry.Duration("maxDuration"));
    }
}
