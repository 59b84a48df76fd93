using KestraGitHub.Git;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Git;

/// <summary>Git itself says what is right.</summary>
public class KestraIgnoreTests
{
    private static readonly string[] Paths =
    [
        "a", "b", "a.txt", "b.txt", "a.md", "dir/a.txt", "dir/b.txt", "dir/sub/a.txt", "dir/sub/deep/a.txt", "sub/dir/a.txt", "other/dir/sub/b.md", "foo/bar", "x/foo/bar",
        "foo/x/bar", "foo/x/y/bar", "#hash", "!bang", "sp ace", "trail ", "a*b", "a?b", "[x]", "x", "\\back", "A.txt", "ä.txt", "tmp/x", "tmp", "keep/tmp/x", "1.log", "12.log", "a-b", "]",
        ".hidden", ".dir/x", "dir2/a.txt", "dirx", "a.txt/inside", "deep/er/path/with/many/parts/file.txt", "-", "^", "a]b",
    ];

    public static TheoryData<string> Patterns => [.. new[]
    {
        "", "# comment", "a", "*.txt", "*.txt\n!a.txt", "dir", "dir/", "/dir", "/dir/", "dir/*", "dir/*\n!dir/a.txt", "dir/\n!dir/a.txt", "dir/**", "**/dir", "**/dir/", "dir/**/a.txt",
        "foo/bar", "/foo/bar", "foo/**/bar", "foo/*/bar", "**/bar", "foo/**", "**", "*", "/*", "*\n!*/\n!*.txt", "/**", "a**", "**a", "d**r/a.txt", "***/a.txt", "\\#hash", "\\!bang", "!bang",
        "sp ace", "trail\\ ", "trail ", "a\\*b", "a\\?b", "a?b", "\\[x\\]", "[x]", "[!x]", "[^x]", "[a-b].txt", "[b-a].txt", "[]]", "[!]]", "[]-]", "[a-]", "[a", "a[", "[[:digit:]].log", "[[:digit:]]*.log",
        "[[:upper:]].txt", "[[:nope:]].log", "[\\]]", "[a\\-z]-b", "a[]]b", "a[/]b", "\\\\back", "back\\", "*.TXT", "A.txt", "ä.txt", "tmp/", "tmp\n!tmp/x", "/tmp", "keep/tmp", "?.log", "??.log", ".hidden", ".*",
        ".*/", "*/a.txt", "*/*/a.txt", "dir/sub/", "sub/", "sub", "/a.txt", "a.txt/", "//a", "/", "!", "\\", "dir//a.txt", "./a.txt", "*.txt\r", "*.txt\r\n!b.txt\r\n", "\ta", "a\t", "  a", "a  ", "many/",
        "deep/**/file.txt", "deep/*/file.txt", "**/with/**", "*.md\n!other/dir/sub/b.md", "other/\n!other/dir/sub/b.md", "*\n!dir\n!dir/**", "-", "\\a", "[[:alpha:][:digit:]]", "[--/]", "[!a-z]",
    }];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void It_leaves_out_what_git_ignores(string rules)
    {
        var folder = Directory.CreateTempSubdirectory("kestra-github-ignore-").FullName;
        try
        {
            GitSandbox.Run(folder, ["init", "--quiet", "--template=", "."]);
            File.WriteAllText(Path.Combine(folder, ".gitignore"), rules);
            var input = System.Text.Encoding.UTF8.GetBytes(string.Join('\0', Paths) + "\0");
            var output = GitSandbox.Run(folder, ["-c", "core.excludesFile=/dev/null", "-c", "core.ignoreCase=false", "check-ignore", "--no-index", "--verbose", "--non-matching", "-z", "--stdin"], input, 1);
            var fields = output.Split('\0');
            var expected = Enumerable.Range(0, fields.Length / 4).Where(i => fields[i * 4 + 2] is { Length: > 0 } p && !p.StartsWith('!')).Select(i => fields[i * 4 + 3]);
            var ignore = new KestraIgnore(rules);
            Assert.Equal(expected, Paths.Where(p => ignore.Match(p) is not null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
