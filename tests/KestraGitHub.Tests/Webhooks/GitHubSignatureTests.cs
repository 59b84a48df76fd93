using System.Text;
using KestraGitHub.Webhooks;
using Microsoft.Extensions.Primitives;

namespace KestraGitHub.Tests.Webhooks;

public sealed class GitHubSignatureTests
{
    private const string Hello = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    public static TheoryData<string, byte[], string> Vectors { get; } = new()
    {
        { Some.Secret, Utf8("Hello, World!"), Hello },
        { Some.Secret, [], "66a0c074deaa0f489ead6537e0d32f9a344b90bbeda705b6ed45ecd3b413fb40" },
        { Some.Secret, Utf8("""{"zen":"Keep it logically awesome."}"""), "b9f180c4171a9926a5055962b54ec47b0ebee85e62e76c83ebdbb382f77b05ac" },
        {
            Some.Secret, Utf8("payload=%7B%22zen%22%3A%22Keep+it+logically+awesome.%22%7D"),
            "1fc8bf6145b8e3b76b01404760bc7e884a641ad0fe4b9b66ced27d4a983cce1c"
        },
        { Some.Secret, Utf8("""{"t":"déploiement 🚀"}"""), "a715cb23012d79bac9a10e8ab3663d12e6b2ec6a3c67ea2f1a888217e3a4d1fa" },
        { Some.Secret, [0xEF, 0xBB, 0xBF, .. Utf8("{}")], "f2fd1ac0e29ecbd8eefd483d106c2103574dda8c31dc60badb63bdbecee38af0" },
        { Some.Secret, Utf8("{\"a\":1}\r\n"), "9808860cccb19fd650ef6cce08528c06367ab9e76473bf8a1e4ddba24d9bb77c" },
        { Some.Secret, [.. Utf8("{\"a\":\""), 0xFF, .. Utf8("\"}")], "68cc3c103789e5a40d745c95b328766d75a18f28a6fffd6bd0fba112133bb80b" },
        { "secret", Utf8("""{"a": "z"}"""), "f417af3a21bd70379b5796d5f013915e7029f62c580fb0f500f59a35a6f04c89" },
        { "secret", [], "f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_known_vector_is_right(string secret, byte[] body, string mac)
    {
        Assert.Equal(new SignatureCheck(SignatureVerdict.Right, 1), GitHubSignature.Verify(body, $"sha256={mac}", [Utf8(secret)]));
        Assert.Equal(new SignatureCheck(SignatureVerdict.Wrong), GitHubSignature.Verify([.. body, (byte)' '], $"sha256={mac}", [Utf8(secret)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData(Hello)]
    [InlineData("sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59")]
    [InlineData("SHA256=" + Hello)]
    [InlineData("sha256=" + Hello + "0")]
    [InlineData("sha256= " + Hello)]
    [InlineData("sha256=757107ea")]
    [InlineData("sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    public void Anything_else_is_wrong(string header) =>
        Assert.Equal(SignatureVerdict.Wrong, GitHubSignature.Verify(Utf8("Hello, World!"), header, [Utf8(Some.Secret)]).Verdict);

    [Fact]
    public void Two_headers_are_wrong_even_if_one_is_right() =>
        Assert.Equal(
            SignatureVerdict.Wrong,
            GitHubSignature.Verify(Utf8("Hello, World!"), new StringValues([$"sha256={Hello}", $"sha256={Hello}"]), [Utf8(Some.Secret)]).Verdict);

    [Fact]
    public void No_header_is_missing() =>
        Assert.Equal(SignatureVerdict.Missing, GitHubSignature.Verify(Utf8("Hello, World!"), StringValues.Empty, [Utf8(Some.Secret)]).Verdict);

    [Fact]
    public void Any_of_several_secrets_may_have_signed() =>
        Assert.Equal(
            new SignatureCheck(SignatureVerdict.Right, 2),
            GitHubSignature.Verify(Utf8("Hello, World!"), $"sha256={Hello}", [Utf8("new"), Utf8(Some.Secret)]));

    [Fact]
    public void Without_a_secret_nothing_is_right() =>
        Assert.Equal(SignatureVerdict.Wrong, GitHubSignature.Verify([], "sha256=66a0c074deaa0f489ead6537e0d32f9a344b90bbeda705b6ed45ecd3b413fb40", []).Verdict);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
