namespace KestraGitHub.StandIns.GitHub;

/// <summary>What goes wrong with a call.</summary>
/// <param name="Done">True: the work is done, and only the answer is lost.</param>
public sealed record Trouble(int Status, string Body, bool Done = false)
{
    /// <summary>What happens when the work is done, or left undone, and before the answer goes out.</summary>
    public Action? Before { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>What a load balancer says.</summary>
    public static Trouble BadGateway { get; } = new(502, "<html><head><title>Unicorn!</title></head><body>502</body></html>");

    public static Trouble SecondaryLimit(int seconds) =>
        new(403, """{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}""")
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = $"{seconds}" },
        };
}

/// <summary>A REST call that came, and how it was answered.</summary>
public sealed record RestCall(string Method, string Path, int Status);
