using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.Shipping;

/// <summary>The built service below a path of a public host. "Public" is what the browser sees; the proxy alone knows where the service is.</summary>
[Collection("Endurance")]
public sealed partial class BehindProxyTests : IAsyncLifetime
{
    private const string Base = "/tools/sync";
    private const string Host = "tools.example.com";

    private House _house = null!;

    public async Task InitializeAsync()
    {
        _house = await House.OpenAsync();
        _house.Define("seen");
        _house.Commit("seen", 1, "first");
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    public static TheoryData<string> Proxies => ["keeps the base", "takes the base off", "takes the base off and says so"];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task No_link_no_form_no_redirect_and_no_cookie_leaves_the_base(string kind)
    {
        _house.Settings["Http__TrustedProxies__0"] = "127.0.0.0/8";
        if (kind != "takes the base off and says so") _house.Settings["Http__PathBase"] = Base;
        await _house.Service.StartAsync();
        using var push = await GitHubHook.PushAsync(_house.Service.Http, House.Hook("seen"));
        await _house.EndOfAsync((await push.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("runId").GetString()!);
        await using var proxy = await ProxyAsync(kind);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = proxy.Address };

        var cookies = await SignInAsync(browser);
        var pages = await WalkAsync(browser, cookies);
        Assert.Contains(Base + "/", pages);
        Assert.Contains(Base + "/runs", pages);
        Assert.Contains(Base + "/deliveries", pages);
        Assert.Contains(Base + "/syncs/main/system/seen", pages);
        Assert.Contains(pages, p => Regex.IsMatch(p, $"^{Base}/runs/[^/]+$"));
        Assert.Contains(pages, p => p.StartsWith(Base + "/assets/", StringComparison.Ordinal));

        var sync = await TextAsync(browser, $"{Base}/syncs/main/system/seen", cookies);
        Assert.Contains($"https://{Host}{Base}/webhook/main/system/seen/", sync, StringComparison.Ordinal);
        using var started = await SendAsync(browser, HttpMethod.Post, Action(sync, "/runs"), cookies, Form(sync));
        Assert.Equal(HttpStatusCode.SeeOther, started.StatusCode);
        var run = started.Headers.Location!.OriginalString;
        Assert.StartsWith(Base + "/runs/", run, StringComparison.Ordinal);
        using var stream = await SendAsync(browser, HttpMethod.Get, run + "/stream", cookies);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);

        using var swagger = await SendAsync(browser, HttpMethod.Get, Base + "/swagger", cookies);
        Assert.StartsWith(Base + "/swagger/", new Uri(new Uri(proxy.Address, Base + "/swagger"), swagger.Headers.Location!).AbsolutePath, StringComparison.Ordinal);
        using var missing = await SendAsync(browser, HttpMethod.Get, Base + "/nowhere", cookies);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.All(Links(await missing.Content.ReadAsStringAsync()), AssertWithin);
        using var left = await SendAsync(browser, HttpMethod.Post, Action(sync, "/sign-out"), cookies, Form(sync));
        Assert.Equal((HttpStatusCode.SeeOther, Base + "/sign-in"), (left.StatusCode, left.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Machines_are_told_the_base_too()
    {
        _house.Settings["Http__PathBase"] = Base;
        await _house.Service.StartAsync();
        using var push = await GitHubHook.PushAsync(_house.Service.Http, Base + House.Hook("seen"));
        Assert.Equal(HttpStatusCode.Accepted, push.StatusCode);
        Assert.StartsWith(Base + "/api/v1/runs/", push.Headers.Location?.OriginalString, StringComparison.Ordinal);
        using var asked = await _house.Service.Http.PostAsJsonAsync(Base + "/api/v1/main/syncs/system/seen/runs", new { });
        Assert.StartsWith(Base + "/api/v1/runs/", asked.Headers.Location?.OriginalString, StringComparison.Ordinal);
        var sync = await _house.GetAsync(Base + "/api/v1/main/syncs/system/seen");
        Assert.Equal(Base + "/webhook/main/system/seen/{key}", sync.GetProperty("webhookPath").GetString());
        var contract = await _house.GetAsync(Base + "/openapi/v1.json");
        Assert.Equal([Base], contract.GetProperty("servers").EnumerateArray().Select(s => s.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task Nobody_s_forwarded_headers_are_believed_unless_he_is_named()
    {
        _house.Settings["Http__TrustedProxies__0"] = "10.0.0.0/8";
        await _house.Service.StartAsync();
        await using var proxy = await ProxyAsync("takes the base off and says so");
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = proxy.Address };
        using var answer = await SendAsync(browser, HttpMethod.Get, Base + "/sign-in", "");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.DoesNotContain(Base, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<ReverseProxy> ProxyAsync(string kind) => ReverseProxy.StartAsync(_house.Service.BaseUrl, (request, path) =>
    {
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", Host);
        if (kind == "takes the base off and says so") request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", Base);
        Assert.StartsWith(Base, path, StringComparison.Ordinal);
        return kind == "keeps the base" ? path : path[Base.Length..];
    });

    /// <summary>Through the door, as a person who was sent here from a chat. Gives the cookies.</summary>
    private static async Task<string> SignInAsync(HttpClient browser)
    {
        using var stopped = await SendAsync(browser, HttpMethod.Get, Base + "/runs?state=failed", "");
        Assert.Equal(HttpStatusCode.Redirect, stopped.StatusCode);
        var door = stopped.Headers.Location!;
        Assert.StartsWith(Base + "/sign-in?", door.IsAbsoluteUri ? door.PathAndQuery : door.OriginalString, StringComparison.Ordinal);
        using var asked = await SendAsync(browser, HttpMethod.Get, door.IsAbsoluteUri ? door.PathAndQuery : door.OriginalString, "");
        var page = await asked.Content.ReadAsStringAsync();
        Assert.All(Links(page), AssertWithin);
        var form = Form(page);
        form["token"] = ServiceProcess.Token;
        using var entered = await SendAsync(browser, HttpMethod.Post, Action(page, "/sign-in"), Cookies(asked), form);
        Assert.Equal((HttpStatusCode.SeeOther, Base + "/runs?state=failed"), (entered.StatusCode, entered.Headers.Location?.OriginalString));
        Assert.All(asked.Headers.GetValues("Set-Cookie").Concat(entered.Headers.GetValues("Set-Cookie")), cookie =>
        {
            Assert.Contains($"; path={Base};", cookie + ";", StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.Ordinal);
        });
        return Cookies(asked) + "; " + Cookies(entered);
    }

    /// <summary>Follows every link of every page; what was reached.</summary>
    private static async Task<IReadOnlyCollection<string>> WalkAsync(HttpClient browser, string cookies)
    {
        var seen = new HashSet<string> { Base + "/" };
        for (var open = new Queue<string>(seen); open.TryDequeue(out var address);)
        {
            Assert.True(seen.Count < 200, "there is no end to the links");
            using var answer = await SendAsync(browser, HttpMethod.Get, address, cookies);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
            if (answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
            foreach (var link in Links(await answer.Content.ReadAsStringAsync()))
            {
                // The page of the API's tool names its own files beside itself.
                var target = Regex.IsMatch(link, @"^(\./)?[\w.-]+\z") ? address[..(address.LastIndexOf('/') + 1)] + link.Replace("./", "", StringComparison.Ordinal) : link.Split('#')[0];
                AssertWithin(target.Length > 0 ? target : link);
                if (!link.StartsWith("action ", StringComparison.Ordinal) && target.Length > 0 && seen.Add(target)) open.Enqueue(target);
            }
        }

        return seen;
    }

    /// <summary>Addresses on a page; those of forms with the word <c>action</c> before them.</summary>
    private static List<string> Links(string page) =>
        [.. Attribute().Matches(page).Select(m => (m.Groups[1].Value == "action" ? "action " : "") + WebUtility.HtmlDecode(m.Groups[2].Value)).Where(l => !l.StartsWith('#'))];

    private static void AssertWithin(string link) =>
        Assert.True(Regex.IsMatch(link, $"^(action )?{Base}(/|$)"), $"'{link}' leaves {Base}");

    private static string Action(string page, string end) => Links(page).First(l => l.StartsWith("action ", StringComparison.Ordinal) && l.EndsWith(end, StringComparison.Ordinal))["action ".Length..];

    private static Dictionary<string, string> Form(string page) =>
        Hidden().Matches(page).GroupBy(m => m.Groups[1].Value).ToDictionary(g => g.Key, g => WebUtility.HtmlDecode(g.First().Groups[2].Value));

    private static string Cookies(HttpResponseMessage answer) => string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));

    private static async Task<string> TextAsync(HttpClient browser, string address, string cookies)
    {
        using var answer = await SendAsync(browser, HttpMethod.Get, address, cookies);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient browser, HttpMethod method, string address, string cookies, Dictionary<string, string>? form = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = form is null ? null : new FormUrlEncodedContent(form) };
        request.Headers.Accept.ParseAdd("text/html");
        if (cookies.Length > 0) request.Headers.Add("Cookie", cookies);
        return await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    [GeneratedRegex(@"\b(href|src|action|data-live)=""([^""]*)""")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"<input type=""hidden"" name=""([^""]*)"" value=""([^""]*)""")]
    private static partial Regex Hidden();
}
