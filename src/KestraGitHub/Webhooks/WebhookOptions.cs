using System.Xml;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>The section <c>Webhooks</c> of the configuration.</summary>
public sealed record WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>GitHub's secrets, any of which may have signed a call: rotation is adding the new one first. Empty: one is made.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Takes calls without a signature. A signature that is sent must be right all the same.</summary>
    public bool AllowUnsigned { get; init; }

    /// <summary>Keeps the bodies of deliveries in the database, for looking into what GitHub sent.</summary>
    public bool KeepBodies { get; init; }

    /// <summary>GitHub never sends more than the default, 25 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>How long a caller may take over sending its body: ISO 8601, e.g. <c>PT30S</c>.</summary>
    public string BodyTimeout { get; init; } = "PT30S";

    internal TimeSpan BodyTime => XmlConvert.ToTimeSpan(BodyTimeout);
}

internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    // A buffer doubles as it grows, and an array has its limit.
    private const int LargestBody = 1 << 29;

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var faults = new List<string>();
        for (var i = 0; i < options.Secrets.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(options.Secrets[i]))
                faults.Add($"Webhooks:Secrets:{i} is empty: anyone could sign with it. Give it GitHub's secret, or remove the key.");
        }

        if (options.MaxBodyBytes is < 1 or > LargestBody) faults.Add($"Webhooks:MaxBodyBytes must lie between 1 and {LargestBody}.");
        if (!IsDuration(options.BodyTimeout))
            faults.Add("Webhooks:BodyTimeout must be a duration of more than nothing and at most a day, written as in PT30S.");

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsDuration(string text)
    {
        try
        {
            var duration = XmlConvert.ToTimeSpan(text);
            return duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(1);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentNullException)
        {
            return false;
        }
    }
}
