using System.Text;

namespace KestraGitHub.Tests;

public sealed class EnvironmentSecretsTests
{
    [Theory]
    [InlineData("s3cret", "s3cret")]
    [InlineData("with a line end\n", "with a line end")]
    [InlineData("déploiement 🚀", "déploiement 🚀")]
    public void Secrets_are_base64_under_their_name_in_upper_case(string text, string value)
    {
        Environment.SetEnvironmentVariable("SECRET_KG_TEST_ONE", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(value, EnvironmentSecrets.Secret("kg_test_one"));
    }

    [Fact]
    public void What_is_no_base64_or_not_there_is_no_secret()
    {
        Environment.SetEnvironmentVariable("SECRET_KG_TEST_TWO", "not base64!");
        Assert.Null(EnvironmentSecrets.Secret("KG_TEST_TWO"));
        Assert.Null(EnvironmentSecrets.Secret("KG_TEST_NOT_THERE"));
    }

    [Fact]
    public void Variables_are_only_those_that_were_named_for_it()
    {
        Environment.SetEnvironmentVariable("ENV_KG_TEST", "x");
        Environment.SetEnvironmentVariable("KG_TEST_PLAIN", "hidden");
        Assert.Equal("x", EnvironmentSecrets.Variable("kg_test"));
        Assert.Null(EnvironmentSecrets.Variable("kg_test_plain"));
    }
}
