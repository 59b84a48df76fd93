using System.IO.Compression;
using System.Net;
using System.Text;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Kestra;

public sealed class KestraClientTests
{
    private static readonly Scope Company = new(ResourceKind.Flow, "company", true);
    private static readonly ResourceKey Key = new(ResourceKind.Flow, "company", "a");
    private static readonly byte[] Source = "id: a\nnamespace: company\ntasks: []\n"u8.ToArray();

    [Fact]
    public async Task Paths_and_filters_are_encoded_and_the_base_path_is_kept()
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json("""{"results":[],"total":0}""") };
        await kestra.Client().SearchNewestAsync(Company, 1, 1, default);
        var (_, address, authorization, _, _) = Assert.Single(kestra.Sent);
        Assert.Equal(
            "https://kestra.example/base/api/v1/main/flows/search?page=1&size=1&sort=updated%3Adesc&filters%5Bnamespace%5D%5BPREFIX%5D=company", address.AbsoluteUri);
        Assert.Equal("Basic " + Convert.ToBase64String("u@x.y:p4ss-word"u8), authorization);
    }

    [Theory]
    [InlineData("..", "a")]
    [InlineData("a/../../../../users", "x")]
    [InlineData("//evil.example", "x")]
    public async Task A_name_cannot_leave_the_api(string ns, string id)
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json("""{"source":"x","revision":1}""") };
        try
        {
            await kestra.Client().FindFlowAsync(new ResourceKey(ResourceKind.Flow, ns, id), default);
        }
        catch (ArgumentException)
        {
        }

        Assert.All(kestra.Sent, s => Assert.StartsWith("https://kestra.example/base/api/v1/", s.Address.AbsoluteUri, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("company2")]
    [InlineData("companyx.a")]
    [InlineData("")]
    public async Task A_stranger_in_a_filtered_answer_fails_loudly(string ns)
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json($$"""{"results":[{"namespace":"{{ns}}","id":"x","revision":1}],"total":1}""") };
        var error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().SearchNewestAsync(Company, 1, 1, default));
        Assert.Contains("was not asked for", error.Reason, StringComparison.Ordinal);

        if (ns.Length == 0) return;
        kestra.Answer = _ => ScriptedKestra.Bytes(Zip(("x.yml", $"id: x\nnamespace: {ns}\n")));
        error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().ExportFlowsAsync(Company, default));
        Assert.Equal(KestraFailureKind.Unreadable, error.Kind);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"results":[]}""")]
    [InlineData("""{"results":null,"total":0}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"results":[""")]
    public async Task An_answer_of_another_shape_is_no_empty_list(string body)
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json(body) };
        var error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().SearchNewestAsync(Company, 1, 1, default));
        Assert.Equal(KestraFailureKind.Unreadable, error.Kind);
    }

    [Fact]
    public async Task A_deeply_nested_row_is_skipped_over()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"tasks\":[", 2000)) + string.Concat(Enumerable.Repeat("]}", 2000));
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json($$"""{"results":[{"namespace":"company","id":"a","revision":1,"x":{{deep}}}],"total":1}""") };
        Assert.Equal("a", Assert.Single((await kestra.Client().SearchNewestAsync(Company, 1, 1, default)).Results!).Id);
    }

    [Fact]
    public async Task Broken_zips_are_unreadable()
    {
        var whole = Zip(("company-a.yml", Encoding.UTF8.GetString(Source)));
        byte[][] bad = [[], whole[..^10], "<html>"u8.ToArray(), Zip(("../a.yml", "x")), Zip(("/a.yml", "x")), Zip(("a\\b.yml", "x"))];
        foreach (var bytes in bad)
        {
            var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Bytes(bytes) };
            var error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().ExportFlowsAsync(Company, default));
            Assert.Equal(KestraFailureKind.Unreadable, error.Kind);
        }

        var bomb = new ScriptedKestra { Answer = _ => ScriptedKestra.Bytes(Zip(("a.yml", new string('a', 80 * 1024 * 1024)))) };
        Assert.Equal(KestraFailureKind.TooLarge, (await Assert.ThrowsAsync<KestraException>(() => bomb.Client().ExportFlowsAsync(Company, default))).Kind);
        Assert.Empty(await new ScriptedKestra { Answer = _ => ScriptedKestra.Bytes(Zip()) }.Client().ExportFlowsAsync(Company, default));
    }

    [Fact]
    public async Task A_redirect_is_an_error_and_keeps_its_query_to_itself()
    {
        var kestra = new ScriptedKestra
        {
            Answer = _ => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("https://sso.example/login?state=tok3n") } },
        };
        var error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().GetConfigurationAsync(default));
        Assert.Contains("https://sso.example/login", error.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("tok3n", error.ToString(), StringComparison.Ordinal);
        Assert.Single(kestra.Sent);
    }

    [Theory]
    [InlineData(404, "text/html", null, KestraFailureKind.RouteMissing)]
    [InlineData(404, "application/problem+json", "false", KestraFailureKind.RouteMissing)]
    public async Task A_404_that_is_not_the_objects_is_never_absence(int status, string type, string? matched, KestraFailureKind kind)
    {
        var kestra = new ScriptedKestra
        {
            Answer = _ =>
            {
                var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent("{}", Encoding.UTF8, type) };
                if (matched is not null) answer.Headers.Add("X-Kestra-Route-Matched", matched);
                return answer;
            },
        };
        Assert.Equal(kind, (await Assert.ThrowsAsync<KestraException>(() => kestra.Client().FindFlowAsync(Key, default))).Kind);
    }

    [Theory]
    [InlineData("""{"message":"Invalid entity: flow.tasks: must not be empty","_embedded":{}}""", "Invalid entity: flow.tasks: must not be empty")]
    [InlineData("""{"type":"x","title":"Invalid","status":422,"detail":"wrong","errors":[{"path":"flow.tasks","detail":"must not be empty"}]}""", "wrong; flow.tasks must not be empty")]
    [InlineData("plain\r\ntext\u001b[31m", "plain text [31m")]
    [InlineData("", "Unprocessable Entity")]
    public async Task The_reason_is_one_safe_line(string body, string reason)
    {
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json(body, HttpStatusCode.UnprocessableEntity) };
        var error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().CreateFlowAsync(Key, Source, FreePass.Always, default));
        Assert.Equal((KestraFailureKind.Invalid, reason), (error.Kind, error.Reason));
    }

    [Fact]
    public async Task Retry_after_is_obeyed_when_short_and_told_when_long()
    {
        var answers = new Queue<int>([0, 60]);
        var kestra = new ScriptedKestra
        {
            Answer = _ => new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromSeconds(answers.Dequeue())) } },
        };
        var error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().GetConfigurationAsync(default));
        Assert.Equal((KestraFailureKind.RateLimited, TimeSpan.FromSeconds(60)), (error.Kind, error.RetryAfter));
        Assert.Equal(2, kestra.Sent.Count);
    }

    [Fact]
    public async Task A_validation_that_does_not_speak_of_every_flow_is_an_error()
    {
        foreach (var body in new[] { "[]", """[{"index":0},{"index":0}]""", """[{"index":1}]""", """[{"index":0},{"index":1}]""", "[null]" })
        {
            var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json(body) };
            await Assert.ThrowsAsync<KestraException>(() => kestra.Client().ValidateFlowsAsync([Source], default));
        }
    }

    [Fact]
    public async Task A_source_is_never_written_under_another_name()
    {
        var kestra = new ScriptedKestra();
        var error = await Assert.ThrowsAsync<KestraException>(() => kestra.Client().CreateFlowAsync(Key with { Id = "b" }, Source, FreePass.Always, default));
        Assert.Equal(KestraFailureKind.Invalid, error.Kind);
        Assert.Empty(kestra.Sent);
    }

    [Fact]
    public async Task Old_proof_is_renewed_before_a_put()
    {
        var time = new ShiftedTime();
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json("""{"revision":1,"source":"x"}""") };
        var client = kestra.Client(time);
        var flow = (await client.FindFlowAsync(Key, default))!;
        time.Shift = TimeSpan.FromSeconds(61);
        kestra.Answer = r => r.Method == HttpMethod.Get ? new HttpResponseMessage(HttpStatusCode.NotFound) : throw new InvalidOperationException("a PUT was sent");
        Assert.Equal(KestraFailureKind.Conflict, (await Assert.ThrowsAsync<KestraException>(() => client.UpdateFlowAsync(flow.Existing, Source, FreePass.Always, default))).Kind);
        kestra.Answer = r => r.Method == HttpMethod.Get ? ScriptedKestra.Json("""{"revision":2,"source":"x"}""") : throw new InvalidOperationException("a PUT was sent");
        Assert.Equal(KestraFailureKind.Conflict, (await Assert.ThrowsAsync<KestraException>(() => client.UpdateFlowAsync(flow.Existing, Source, FreePass.Always, default))).Kind);
    }

    [Fact]
    public async Task What_someone_edited_meanwhile_is_neither_overwritten_nor_deleted()
    {
        var time = new ShiftedTime();
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Bytes(Zip(("company-a.yml", "id: a\nnamespace: company\n"))) };
        var client = kestra.Client(time);
        var existing = Assert.Single(await client.ExportFlowsAsync(Company, default)).Existing!;
        time.Shift = TimeSpan.FromSeconds(61);
        kestra.Answer = r => r.Method == HttpMethod.Get ? ScriptedKestra.Json("""{"revision":2,"source":"edited"}""") : throw new InvalidOperationException("a write was sent");
        Assert.Equal(KestraFailureKind.Conflict, (await Assert.ThrowsAsync<KestraException>(() => client.UpdateFlowAsync(existing, Source, FreePass.Always, default))).Kind);
        Assert.Equal(KestraFailureKind.Conflict, (await Assert.ThrowsAsync<KestraException>(() => client.DeleteFlowAsync(existing, FreePass.Always, default))).Kind);
    }

    [Fact]
    public void Only_the_client_makes_proof()
    {
        foreach (var proof in new[] { typeof(ExistingFlow), typeof(ListedFile) })
        {
            var made = Assert.Single(typeof(KestraClient).Assembly.GetTypes(), t => t.BaseType == proof);
            Assert.Equal(typeof(KestraClient), made.DeclaringType);
            Assert.True(made.IsNestedPrivate);
        }
    }

    [Fact]
    public async Task A_listing_serves_for_one_delete_and_not_for_long()
    {
        var time = new ShiftedTime();
        var kestra = new ScriptedKestra { Answer = _ => ScriptedKestra.Json("""[{"fileName":"a","type":"File","size":1,"lastModifiedTime":5}]""") };
        var client = kestra.Client(time);
        var file = Assert.Single((await client.ListDirectoryAsync("company", "d", default)).Files);
        await client.DeleteFileAsync(file, FreePass.Always, default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.DeleteFileAsync(file, FreePass.Always, default));
        file = Assert.Single((await client.ListDirectoryAsync("company", "d", default)).Files);
        time.Shift = TimeSpan.FromSeconds(11);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.DeleteFileAsync(file, FreePass.Always, default));
        Assert.Equal("?path=%2Fd%2Fa", Assert.Single(kestra.Sent, s => s.Method == "DELETE").Address.Query);
    }

    [Fact]
    public async Task An_upload_never_shows_its_name_to_the_server()
    {
        var kestra = new ScriptedKestra();
        Assert.True(NamespaceFilePath.TryParse("d/real.zip", out var path, out _));
        await kestra.Client().UploadFileAsync("company", path, new MemoryStream("data"u8.ToArray()), 4, FreePass.Always, default);
        var sent = Assert.Single(kestra.Sent);
        Assert.Contains("Content-Disposition: form-data; name=\"fileContent\"; filename=\"blob\"\r\n", sent.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("filename*", sent.Body, StringComparison.Ordinal);
        Assert.Equal("?path=%2Fd%2Freal.zip", sent.Address.Query);
        await Assert.ThrowsAnyAsync<Exception>(() => kestra.Client().UploadFileAsync("company", path, new MemoryStream("data"u8.ToArray()), 5, FreePass.Always, default));
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return bytes.ToArray();
    }

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
