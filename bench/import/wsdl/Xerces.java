import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Validates messages against a schema with the validator of the Java runtime, files only. Rules about
 * the schema as a whole that say nothing of any message (unique particle attribution) are not checked.
 * Arguments: the schema, and a file that lists the messages, one path in each line.
 */
public final class Xerces {
  private Xerces() {}

  private static final class First implements ErrorHandler {
    private String text = "";

    @Override
    public void warning(SAXParseException one) {}

    @Override
    public void error(SAXParseException one) {
      if (text.isEmpty()) text = one.getMessage().replaceAll("\\s+", " ");
    }

    @Override
    public void fatalError(SAXParseException one) {
      error(one);
    }
  }

  public static void main(String[] args) throws Exception {
    SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
    factory.setFeature("http://apache.org/xml/features/validation/schema-full-checking", false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "file");
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    First first = new First();
    factory.setErrorHandler(first);
    Schema schema = null;
    try {
      schema = factory.newSchema(new StreamSource(new File(args[0])));
    } catch (SAXException one) {
      if (first.text.isEmpty()) first.text = String.valueOf(one.getMessage());
    }
    if (!first.text.isEmpty() || schema == null) {
      System.out.println("SCHEMA " + first.text);
      return;
    }
    for (String path : Files.readAllLines(Path.of(args[1]))) {
      First problem = new First();
      Validator validator = schema.newValidator();
      validator.setErrorHandler(problem);
      try {
        validator.validate(new StreamSource(new File(path)));
      } catch (SAXException one) {
        if (problem.text.isEmpty()) problem.text = String.valueOf(one.getMessage());
      }
      System.out.println((problem.text.isEmpty() ? "VALID " : "WRONG ") + path + " " + problem.text);
    }
  }
}
