using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Clone tasks served as archives: the service, real git, and the tar that people have. Rows of plugin-git.md 4.2 are named.</summary>
public sealed class CloneArchiveTests
{
    private static readonly byte[] Binary = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i % 251))];

    private static readonly Dictionary<string, SandboxFile> Files = new()
    {
        ["README.md"] = "read me\n", ["bin/run.sh"] = new SandboxFile("#!/bin/sh\n"u8.ToArray(), "100755"), ["bin/link"] = SandboxFile.Link("../README.md"),
        ["outside"] = SandboxFile.Link("/etc/passwd"), ["data.bin"] = new SandboxFile(Binary), ["empty"] = "", ["with space and ä.txt"] = "ä\r\nno end",
        [".gitattributes"] = "hidden export-ignore\nversion export-subst\n", ["hidden"] = "still here\n", ["version"] = "$Format:%H$\n",
        [string.Concat(Enumerable.Repeat("deep-directory/", 20)) + "file"] = "deep\n", ["long-link"] = SandboxFile.Link(new string('x', 150)),
    };

    private static string Url(SyncCase one, string file = "clone.tar.gz") => $"/api/v1/main/clones/{one.Namespace}/{one.Name}/{file}";

    private static async Task<SyncCase> StartAsync(string properties = "", IReadOnlyDictionary<string, SandboxFile>? files = null)
    {
        var one = await SyncCase.StartAsync();
        one.Commit(files ?? Files);
        await one.DefineAsync(Task(one, properties));
        return one;
    }

    private static string Task(SyncCase one, string properties = "", string id = "clone") =>
        $"  - id: {id}\n    type: io.kestra.plugin.git.Clone\n    url: {one.RepositoryUrl}\n" + string.Concat(properties.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n"));

    private static async Task<HttpResponseMessage> GetAsync(SyncCase one, string file = "clone.tar.gz", HttpMethod? method = null, Action<HttpRequestHeaders>? with = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, Url(one, file));
        with?.Invoke(request.Headers);
        return await one.Service.Http.SendAsync(request);
    }

    private static async Task<byte[]> BytesAsync(SyncCase one, string file = "clone.tar.gz")
    {
        using var answer = await GetAsync(one, file);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Unpacked by the tar of the system.</summary>
    private static async Task<string> UnpackAsync(SyncCase one, byte[] archive)
    {
        var folder = Directory.CreateDirectory(Path.Combine(one.Git.Root, "unpacked-" + Guid.NewGuid().ToString("N"))).FullName;
        var file = folder + ".tar.gz";
        await File.WriteAllBytesAsync(file, archive);
        using var tar = Process.Start("tar", ["-xzf", file, "-C", folder]);
        await tar.WaitForExitAsync();
        Assert.Equal(0, tar.ExitCode);
        return folder;
    }

    [Fact] // C-CL-1
    public async Task The_archive_is_what_a_clone_has_modes_links_and_all()
    {
        await using var one = await StartAsync();
        var folder = await UnpackAsync(one, await BytesAsync(one));
        foreach (var (path, file) in Files)
        {
            var info = new FileInfo(Path.Combine(folder, path));
            if (file.Mode == "120000") Assert.Equal(Encoding.UTF8.GetString(file.Content), info.LinkTarget);
            else
            {
                Assert.Equal(file.Content, await File.ReadAllBytesAsync(info.FullName));
                Assert.Equal(file.Mode == "100755", info.UnixFileMode.HasFlag(UnixFileMode.UserExecute));
            }
        }

        Assert.Equal(Files.Count, Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task The_zip_holds_the_same()
    {
        await using var one = await StartAsync();
        using var zip = new ZipArchive(new MemoryStream(await BytesAsync(one, "clone.zip")));
        Assert.Equal(Files.Keys.Order(StringComparer.Ordinal), zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            await using (var stream = await entry.OpenAsync()) await stream.CopyToAsync(content);
            Assert.Equal(Files[entry.FullName].Content, content.ToArray());
            Assert.Equal(Convert.ToInt32(Files[entry.FullName].Mode[^3..], 8), entry.ExternalAttributes >> 16 & (Files[entry.FullName].Mode == "120000" ? 0 : 0x1FF));
            Assert.Equal(Files[entry.FullName].Mode == "120000" ? 0xA : 0x8, entry.ExternalAttributes >> 28 & 0xF);
        }
    }

    [Fact] // C-CL-6, C-CL-9
    public async Task A_commit_wins_over_a_tag_and_that_over_a_branch_and_the_branch_is_looked_up_each_time()
    {
        await using var one = await SyncCase.StartAsync();
        var first = one.Commit(new Dictionary<string, SandboxFile> { ["file1.txt"] = "first\n" });
        GitSandbox.Run(one.Git.PathOf(one.Repository), ["tag", "-a", "v1.0", "-m", "one", first]);
        var second = one.Commit(new Dictionary<string, SandboxFile> { ["file1.txt"] = "second\n" });
        var other = one.Commit(new Dictionary<string, SandboxFile> { ["other"] = "o" }, "feature/only", orphan: true);
        await one.DefineAsync(
            Task(one) + Task(one, "tag: v1.0\nbranch: feature/only", "tagged") + Task(one, $"commit: {second[..9]}\ntag: v1.0", "exact")
            + Task(one, "branch: feature/only\ncloneAllBranches: false\nnoTags: true\ndepth: 7", "branched"));
        foreach (var (task, commit) in new[] { ("clone", second), ("tagged", first), ("exact", second), ("branched", other) })
        {
            using var answer = await GetAsync(one, task + ".tar.gz");
            Assert.Equal(commit, answer.Headers.GetValues("X-Git-Commit").Single());
            Assert.Equal($"{one.Name}-{task}-{commit[..12]}.tar.gz", answer.Content.Headers.ContentDisposition!.FileName);
        }

        var third = one.Commit(new Dictionary<string, SandboxFile> { ["file1.txt"] = "third\n" });
        using var fresh = await GetAsync(one);
        Assert.Equal(third, fresh.Headers.GetValues("X-Git-Commit").Single());
        var folder = await UnpackAsync(one, await fresh.Content.ReadAsByteArrayAsync());
        Assert.Equal("third\n", await File.ReadAllTextAsync(Path.Combine(folder, "file1.txt")));
    }

    [Fact]
    public async Task The_tag_stands_for_the_bytes_so_that_a_download_is_spared_or_gone_on_with()
    {
        await using var one = await StartAsync();
        using var whole = await GetAsync(one);
        var (bytes, tag) = (await whole.Content.ReadAsByteArrayAsync(), whole.Headers.ETag!);
        Assert.Equal(("application/gzip", "bytes"), (whole.Content.Headers.ContentType!.MediaType, whole.Headers.AcceptRanges.Single()));

        using var head = await GetAsync(one, method: HttpMethod.Head);
        Assert.Equal((bytes.Length, tag), (head.Content.Headers.ContentLength, head.Headers.ETag));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());

        using var known = await GetAsync(one, with: h => h.IfNoneMatch.Add(tag));
        Assert.Equal((HttpStatusCode.NotModified, tag), (known.StatusCode, known.Headers.ETag));

        using var rest = await GetAsync(one, with: h => (h.Range, h.IfRange) = (new RangeHeaderValue(1000, null), new RangeConditionHeaderValue(tag)));
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(bytes[1000..], await rest.Content.ReadAsByteArrayAsync());

        using var outdated = await GetAsync(one, with: h => (h.Range, h.IfRange) = (new RangeHeaderValue(1000, null), new RangeConditionHeaderValue("\"old\"")));
        Assert.Equal((HttpStatusCode.OK, bytes.Length), (outdated.StatusCode, (await outdated.Content.ReadAsByteArrayAsync()).Length));

        using var beyond = await GetAsync(one, with: h => h.Range = new RangeHeaderValue(bytes.Length, null));
        Assert.Matches("^416 .*/problems/range", $"{(int)beyond.StatusCode} {await beyond.Content.ReadAsStringAsync()}");
        using var another = await GetAsync(one, with: h => h.IfMatch.Add(new EntityTagHeaderValue("\"old\"")));
        Assert.Matches("^412 .*/problems/changed", $"{(int)another.StatusCode} {await another.Content.ReadAsStringAsync()}");

        // Made anew, it is the same again.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(one.Service.DataPath, "git", "archives"))) File.Delete(file);
        Assert.Equal(bytes, await BytesAsync(one));
        one.Commit(new Dictionary<string, SandboxFile> { ["new"] = "n" });
        using var moved = await GetAsync(one, with: h => h.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        Assert.NotEqual(tag, moved.Headers.ETag);
    }

    [Fact]
    public async Task Submodules_lie_in_their_places_when_they_are_asked_for_and_are_empty_directories_else()
    {
        await using var inner = await SyncCase.StartAsync();
        var pinned = inner.Commit(new Dictionary<string, SandboxFile> { ["inside.txt"] = "inside\n", ["run"] = new SandboxFile("x"u8.ToArray(), "100755") });
        inner.Commit(new Dictionary<string, SandboxFile> { ["inside.txt"] = "later\n" });
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile>
        {
            [".gitmodules"] = $"[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = ../{inner.Repository}\n", ["vendor/lib"] = SandboxFile.Submodule(pinned), ["a"] = "a",
        });
        await one.DefineAsync(Task(one, "cloneSubmodules: true\ndirectory: work/here", "with") + Task(one, "", "without"));
        var with = await UnpackAsync(one, await BytesAsync(one, "with.tar.gz"));
        Assert.Equal("inside\n", await File.ReadAllTextAsync(Path.Combine(with, "work/here/vendor/lib/inside.txt")));
        Assert.True(new FileInfo(Path.Combine(with, "work/here/vendor/lib/run")).UnixFileMode.HasFlag(UnixFileMode.UserExecute));
        var without = await UnpackAsync(one, await BytesAsync(one, "without.tar.gz"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(without, "vendor/lib")));
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_that_says_the_cure()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(Files);
        await one.DefineAsync(Task(one, "branch: mian", "lost") + Task(one, "tag: v9", "untagged") + Task(one, $"commit: {new string('0', 39)}1", "gone") + Task(one, "disabled: true", "off"));
        foreach (var (file, status, words) in new[]
        {
            ("lost.tar.gz", HttpStatusCode.NotFound, "Did you mean 'main'"), ("untagged.zip", HttpStatusCode.NotFound, "v9"), ("gone.tar.gz", HttpStatusCode.NotFound, "0001"),
            ("none.tar.gz", HttpStatusCode.NotFound, "no such task"), ("off.zip", HttpStatusCode.Conflict, "disabled"), ("lost.rar", HttpStatusCode.NotFound, "nothing at this path"),
        })
        {
            using var answer = await GetAsync(one, file);
            var said = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == status && said.Contains(words, StringComparison.Ordinal), $"{file}: {answer.StatusCode}, {said}");
            Assert.Equal(("application/problem+json", null), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.ETag));
        }
    }

    [Fact]
    public async Task A_git_server_that_fails_is_said_in_its_words_without_the_secret()
    {
        await using var one = await SyncCase.StartAsync();
        await one.DefineAsync("  - id: clone\n    type: io.kestra.plugin.git.Clone\n    url: http://127.0.0.1:1/nowhere.git\n    username: x\n    password: \"{{ secret('TOKEN_OF_GIT') }}\"\n");
        using var answer = await GetAsync(one);
        var said = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadGateway, $"{answer.StatusCode}: {said}");
        Assert.Contains("127.0.0.1", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Workshop.SecretOfEnvironment, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..", "clone.tar.gz", 422)]
    [InlineData(".git", "clone.tar.gz", 422)]
    [InlineData(".GIT", "clone.zip", 422)]
    [InlineData("a/../../x", "clone.tar.gz", 422)]
    [InlineData("/etc/x", "clone.tar.gz", 422)]
    [InlineData("C:\\x", "clone.zip", 422)]
    [InlineData("C:\\x", "clone.tar.gz", 200)]
    [InlineData("line\nend", "clone.tar.gz", 200)]
    [InlineData("-rf", "clone.tar.gz", 200)]
    [InlineData("latin-\u00e9", "clone.tar.gz", 200)]
    [InlineData("latin-\u00e9", "clone.zip", 422)]
    public async Task A_hostile_name_is_refused_where_it_could_do_harm_and_kept_where_not(string name, string file, int status)
    {
        await using var one = await SyncCase.StartAsync();
        var blob = one.Git.Blob(one.Repository, "x"u8.ToArray());
        one.Git.CommitRaw(one.Repository, "main", [("100644", Encoding.Latin1.GetBytes(name), blob)]);
        await one.DefineAsync(Task(one));
        using var answer = await GetAsync(one, file);
        Assert.True((int)answer.StatusCode == status, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        if (status != 200) Assert.Matches("\"/problems/unsafe-name\".*Rename it", await answer.Content.ReadAsStringAsync());
        else if (!name.Contains('\u00e9')) Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(await UnpackAsync(one, await answer.Content.ReadAsByteArrayAsync()), name)));
    }

    [Fact]
    public async Task A_file_below_a_link_is_refused()
    {
        await using var one = await SyncCase.StartAsync();
        var (link, file) = (one.Git.Blob(one.Repository, "/tmp"u8.ToArray()), one.Git.Blob(one.Repository, "x"u8.ToArray()));
        one.Git.CommitRaw(one.Repository, "main", [("120000", "a"u8.ToArray(), link), ("100644", "a/b"u8.ToArray(), file)]);
        await one.DefineAsync(Task(one));
        using var answer = await GetAsync(one);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Fact]
    public async Task A_clone_token_downloads_clones_and_does_nothing_else()
    {
        await using var one = await StartAsync();
        using var http = new HttpClient { BaseAddress = one.Service.BaseUrl };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(Url(one))).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Workshop.CloneToken);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Url(one))).StatusCode);
        foreach (var path in new[] { "/api/v1/runs", "/api/v1/main/syncs", "/metrics", "/openapi/v1.json" })
            Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostAsync($"/api/v1/main/syncs/{one.Namespace}/{one.Name}/runs", null)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Workshop.ScopedCloneToken);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(Url(one))).StatusCode);
    }

    [Fact]
    public async Task A_run_has_the_commit_at_hand_and_says_where_and_writes_nothing()
    {
        await using var one = await StartAsync();
        var run = (await one.RunAsync()).Succeeded();
        Assert.Empty(run.Rows);
        var log = await one.Service.Http.GetStringAsync($"/api/v1/runs/{run.Json["id"]}/events");
        Assert.Contains($"is ready at {Url(one)}", log, StringComparison.Ordinal);
        Assert.Equal(one.Git.Tip(one.Repository, "main"), run.Json["revision"]!.GetValue<string>());
        Assert.Empty(one.Kestra.Calls);
        one.Git.Create("other-" + one.Repository);
        await one.DefineAsync(Task(one, "branch: nowhere"));
        (await one.RunAsync()).Failed("nowhere");
    }

    [Fact]
    public async Task A_mirror_that_is_damaged_is_made_anew_and_the_archive_with_it()
    {
        await using var one = await StartAsync();
        var bytes = await BytesAsync(one);
        var name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(one.RepositoryUrl)))[..32];
        var mirror = Path.Combine(one.Service.DataPath, "git", "mirrors", name + ".git");
        foreach (var archive in Directory.EnumerateFiles(Path.Combine(one.Service.DataPath, "git", "archives"))) File.Delete(archive);
        foreach (var pack in Directory.EnumerateFiles(Path.Combine(mirror, "objects", "pack")))
        {
            File.SetAttributes(pack, FileAttributes.Normal);
            await using var file = new FileStream(pack, FileMode.Open);
            if (pack.EndsWith(".pack", StringComparison.Ordinal)) file.SetLength(file.Length / 2);
        }

        Assert.Equal(bytes, await BytesAsync(one));
    }

    [Fact]
    public async Task Many_at_once_get_the_same_file_that_is_made_once()
    {
        await using var one = await StartAsync();
        var all = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 12).Select(_ => BytesAsync(one)));
        Assert.All(all, bytes => Assert.Equal(all[0], bytes));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(one.Service.DataPath, "git", "archives"), ".*"), _ => true);
    }
}
