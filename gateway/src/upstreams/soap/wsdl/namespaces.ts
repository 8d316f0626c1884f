/** Namespaces that are spoken of by name. */
export const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
export const XSD = 'http://www.w3.org/2001/XMLSchema';
export const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
export const SOAP_11_ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';

export const SOAP_12_ENCODING = 'http://www.w3.org/2003/05/soap-encoding';

/** Stands for the namespace of a prefix that nothing declares. */
export const UNDECLARED = 'urn:undeclared-prefix';

/** WS-Addressing 1.0, and the submission before it. */
export const ADDRESSING = 'http://www.w3.org/2005/08/addressing';
export const ADDRESSING_2004 = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';

export type SoapVersion = '1.1' | '1.2';

/** Namespace of the elements that bind a port type to SOAP. */
export const BINDINGS: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/wsdl/soap/',
  '1.2': 'http://schemas.xmlsoap.org/wsdl/soap12/',
};

export const ENVELOPES: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};
