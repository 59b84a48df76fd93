namespace KestraGitHub.Configuration;

/// <summary>Looks at <c>Urls</c>, which the web server reads by itself, and would refuse with a stack trace.</summary>
internal static class ListenAddresses
{
    public static IEnumerable<string> Faults(IConfiguration? configuration) =>
        (configuration?[WebHostDefaults.ServerUrlsKey] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(url => !IsAddress(url))
            .Select(_ => "Urls must hold addresses such as http://127.0.0.1:5080, with a semicolon between two.");

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", PathBase: "", Port: >= 0 and <= ushort.MaxValue };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
