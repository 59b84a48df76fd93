using System.Text;

namespace KestraGitHub.StandIns.Kestra;

/// <summary>Who calls, and whether he may.</summary>
internal static class SignIn
{
    /// <summary>Empty for a caller who gives none.</summary>
    public static string UsernameOf(Call call)
    {
        var given = call.Headers.Authorization.ToString();
        var bytes = new byte[given.Length];
        return given.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(given[6..], bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0]
            : "";
    }

    /// <summary>Null for a caller who may.</summary>
    public static Answer? Refusal(Call call, Route? route, KestraStandInOptions options)
    {
        var path = call.RawPath;
        if (route is { Open: true } || !path.StartsWith("/api/v1/", StringComparison.Ordinal) || path.Contains("//", StringComparison.Ordinal))
        {
            return null;
        }

        var given = call.Headers.Authorization.ToString();
        var cookie = call.Headers.Cookie.ToString().Split(';').Select(c => c.Trim()).FirstOrDefault(c => c.StartsWith("BASIC_AUTH=", StringComparison.Ordinal));
        var username = options.AnyUsername ? UsernameOf(call) : options.Username;
        var expected = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{options.Password}"));
        var ok = given.Equals($"Basic {expected}", StringComparison.Ordinal) || given.Equals($"basic {expected}", StringComparison.Ordinal) || cookie?["BASIC_AUTH=".Length..].Trim('"') == expected
            || (options.IsEnterprise && options.ApiToken is not null && given == $"Bearer {options.ApiToken}");
        if (!ok)
        {
            var refusal = Answer.Empty(401);

            // The sign-in page must not make browsers ask [auth.families: none with referer login].
            return call.Headers.Referer.ToString().Contains("/login", StringComparison.Ordinal) ? refusal : refusal.With("WWW-Authenticate", "Basic");
        }

        return options.IsV2 && cookie is not null && call.Method is not ("GET" or "HEAD" or "OPTIONS") && !call.Headers.ContainsKey("X-CSRF-TOKEN")
            ? Answer.Empty(403)
            : null;
    }
}
