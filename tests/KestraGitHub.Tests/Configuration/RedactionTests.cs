using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Configuration;

public sealed class RedactionTests
{
    [Fact]
    public void Whatever_became_a_secret_is_taken_out_of_text()
    {
        _ = new Secret("hunter2-for-redaction/ü");
        Assert.Equal("a *** b *** c", Redaction.Clean("a hunter2-for-redaction/ü b hunter2-for-redaction%2F%C3%BC c"));
        Assert.True(Redaction.Finds("xhunter2-for-redaction/üx"));
    }

    [Fact]
    public void A_secret_of_several_lines_is_taken_out_line_by_line()
    {
        Redaction.Learn("-----BEGIN KEY-----\nMIIredactionLineOne\nMIIredactionLineTwo\n-----END KEY-----\n");
        Assert.Equal("*** and ***", Redaction.Clean("MIIredactionLineOne and MIIredactionLineTwo"));
        Assert.Equal("-----END KEY-----", Redaction.Clean("-----END KEY-----"));
    }

    [Fact]
    public void The_longer_one_of_two_is_taken_out_first()
    {
        Redaction.Learn("redaction-abc-1");
        Redaction.Learn("redaction-abc-1-long");
        Assert.Equal("***", Redaction.Clean("redaction-abc-1-long"));
    }

    [Theory]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345")]
    [InlineData("ghs_123456_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln-bmF0dXJl")]
    [InlineData("github_pat_11ABCDEFG0123456789_abcdefghijklmnop")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----")]
    public void The_shape_of_a_token_is_enough(string token) => Assert.Equal("x *** y", Redaction.Clean($"x {token} y"));

    [Theory]
    [InlineData("short")]
    [InlineData("password")]
    public void What_may_be_a_word_of_any_sentence_is_left_alone(string word)
    {
        Redaction.Learn(word);
        Assert.Equal($"a {word} b", Redaction.Clean($"a {word} b"));
        Assert.Equal("ghp_ is how they begin", Redaction.Clean("ghp_ is how they begin"));
    }

    [Fact]
    public void The_output_of_the_process_goes_through_it()
    {
        Redaction.Learn("redaction-in-output");
        using var inner = new StringWriter();
        using var writer = new RedactingWriter(inner);
        writer.Write("a redaction-in-output ");
        writer.WriteLine("b redaction-in-output");
        writer.Write("c redaction-in-output".AsSpan());
        Assert.Equal($"a *** b ***{Environment.NewLine}c ***", inner.ToString());
        Assert.Null(Redaction.Clean(null));
    }
}
