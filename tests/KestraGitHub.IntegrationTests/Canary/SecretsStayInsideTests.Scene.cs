using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace KestraGitHub.IntegrationTests.Canary;

// The definitions with their secrets, and everything that the service shows.
public sealed partial class SecretsStayInsideTests
{
    /// <returns>The syncs that load.</returns>
    private List<string> DefineAll()
    {
        const string byName = "password: \"{{ secret('GIT_PASSWORD') }}\"";
        _house.Repositories.Create("good.git");
        var good = $"{_house.Git.Url}/good.git";
        var syncs = new List<string>();
        Define("good", good, byName);
        Define("wrong", good, $"password: '{_literal.Value}'");
        Define("inurl", good.Replace("http://", $"http://someone:{_inUrl.Value}@", StringComparison.Ordinal), "");
        Define("inurlagain", good.Replace("http://", $"http://{_inUrl.Value}@", StringComparison.Ordinal), byName);
        Define("nowhere", $"http://someone:{_inUrl.Value}@127.0.0.1:1/x.git", "");
        Define("missing", $"{_house.Git.Url}/missing.git", byName);
        Define("sshkey", "ssh://git@127.0.0.1:1/x.git", $"privateKey: |\n      -----BEGIN OPENSSH PRIVATE KEY-----\n      {_privateKey.Value}\n      -----END OPENSSH PRIVATE KEY-----\n    passphrase: '{_passphrase.Value}'");
        Define("inline", good, $"{byName}\n    kestraUrl: {_echo.Url}/text\n    auth:\n      username: a@example.org\n      password: '{_taskAuth.Value}'");
        Define("ownsecret", good, byName, $"  webhookSecrets: ['{_ownSecret.Value}']");
        foreach (var manner in EchoServer.Manners)
        {
            Define($"kestra{manner}", good, byName, $"  kestra: {manner}");
            Define($"git{manner}", $"{_echo.Url}/{manner}/x.git", $"password: '{_literal.Value}'");
        }

        var loading = syncs.ToList();
        var secret = _broken.Value;
        foreach (var (name, line) in new[]
        {
            ("quote", $"password: \"{secret}"), ("colon", $"password: {secret}: x"), ("tab", $"\tpassword: {secret}"), ("map", $"password: {{{{ {secret} }}}}"),
            ("list", $"password: [{secret}]"), ("near", $"passwrd: {secret}"), ("auth", $"auth: {secret}"), ("authmember", $"auth: {{ pass: {secret} }}"), ("twice", $"password: a\n    password: {secret}"),
            ("filter", $"password: \"{{{{ '{secret}' | frobnicate }}}}\""), ("expression", $"password: \"{{{{ '{secret}' + }}}}\""), ("open", $"password: \"{{{{ '{secret}\""), ("loop", $"password: &{secret} [*{secret}]"), ("at", $"password: @{secret}"),
            ("percent", $"password: %{secret}"), ("bang", $"password: !{secret} x"),
            ("alias", $"password: *{secret}"), ("type", $"password: !!int {secret}"), ("escape", $"password: \"{secret}\\q\""), ("indent", $"password: {secret}\n   oops: {secret}"),
        }) Define("broken" + name, good, line);
        Define("brokenurl", $"http://someone:{secret}@[bad/x.git", "");
        Define("brokenport", $"http://someone:{secret}@host:port/x.git", "");
        Define("brokenscheme", $"ftp://someone:{secret}@host/x.git", "");
        Define("brokenkey", good, byName, $"  debounce: {secret}x\n  webhookSecret: {secret}");
        return loading;

        void Define(string name, string url, string taskLines, string own = "")
        {
            syncs.Add(name);
            File.WriteAllText(Path.Combine(_house.Service.DefinitionsPath, $"{name}.yml"), $"""
                id: {name}
                namespace: system
                tasks:
                  - id: git
                    type: io.kestra.plugin.git.SyncFlows
                    url: {url}
                    branch: main
                    username: someone
                    targetNamespace: team.{name}
                    gitDirectory: flows
                    {taskLines}
                triggers:
                  - id: hook
                    type: io.kestra.plugin.core.trigger.Webhook
                    key: {_key.Value}
                x-kestra-github:
                  debounce: PT0S
                {own}
                """);
        }
    }

    private async Task LookAtAnswersAsync(IEnumerable<string> runs)
    {
        var http = _house.Service.Http;
        var syncs = Directory.EnumerateFiles(_house.Service.DefinitionsPath).Select(Path.GetFileNameWithoutExtension).ToList();
        var ids = runs.ToList();
        string[] fixedPaths =
        [
            "/health/live", "/health/ready", "/metrics", "/openapi/v1.json", "/swagger/index.html", "/api/v1/main/syncs", "/api/v1/syncs", "/api/v1/runs?limit=500", "/api/v1/deliveries?limit=500", "/api/v1/nothing",
        ];
        foreach (var path in fixedPaths.Concat(syncs.Select(s => $"/api/v1/main/syncs/system/{s}")).Concat(ids.SelectMany(r => (string[])[$"/api/v1/runs/{r}", $"/api/v1/runs/{r}/events"])))
            await AskAsync(http, path);

        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _house.Service.BaseUrl };
        Assert.Equal(HttpStatusCode.SeeOther, await SignInAsync(browser));
        foreach (var path in new[] { "/", "/runs", "/deliveries", "/sign-in", "/sign-out", "/runs?state=failed" }.Concat(syncs.Select(s => $"/syncs/main/system/{s}")).Concat(ids.Select(r => $"/runs/{r}")))
            await AskAsync(browser, path);
    }

    private async Task AskAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        Look($"the answer of {path}", await answer.Content.ReadAsStringAsync() + answer.Headers);
    }

    private async Task<HttpStatusCode> SignInAsync(HttpClient browser)
    {
        var page = await browser.GetStringAsync("/sign-in");
        var form = HiddenField().Matches(page).ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        foreach (var token in (string[])[_token.Value + "x", _token.Value])
        {
            form["token"] = token;
            using var answer = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(form));
            Look($"the answer to signing in ({((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)})", await answer.Content.ReadAsStringAsync() + answer.Headers);
            if (token == _token.Value) return answer.StatusCode;
        }

        return default;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();
}
